"""corpus_tif.py OUT_DIR [--small]: tif files as programs write them and as they break, and cases.json with what is right for each.

--small makes the fixtures of test/data/frames/corpus: smaller frames, and not every combination.
Frames that tifffile decodes are the oracle's where nothing else is said. Others are the arrays that the file was made of.
"""
import json
import struct
import sys
import zlib
from itertools import product
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

from tif_writer import Tif

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
cases = []
random = np.random.default_rng(18)
SMALL = "--small" in sys.argv
ROWS, COLUMNS = (14, 18) if SMALL else (40, 52)


def stack(frames=4, rows=ROWS, columns=COLUMNS):
    """Frames with a few spots on noise, as a camera of 16 bits gives them."""
    y, x = np.mgrid[:rows, :columns]
    made = []
    for index in range(frames):
        light = np.full((rows, columns), 110.0)
        for cy, cx in random.uniform(4, min(rows, columns) - 4, (3 + 2 * index, 2)):
            light += 800 * np.exp(-((y - cy) ** 2 + (x - cx) ** 2) / 3.1)
        made.append(random.poisson(light))
    return np.stack(made).astype("<u2")


S = stack()
S8 = (S // 8).astype("u1")


def add(name, what, **rest):
    cases.append({"case": name, "what": what, **rest})


def decoded(name, what, frames=None, **rest):
    """A file that is read: its frames are tifffile's, or the given ones."""
    if frames is None:
        with tifffile.TiffFile(out / f"{name}.tif") as tif:
            frames = np.stack([page.asarray() for page in tif.pages])
    frames = np.asarray(frames)
    if frames.dtype.newbyteorder("=") not in (np.uint8, np.uint16):
        frames = frames.astype("<f4")
    np.save(out / f"{name}.npy", np.ascontiguousarray(frames))
    add(name, what, file=f"{name}.tif", pixels=f"{name}.npy", **rest)


def refused(name, what, *words, **rest):
    add(name, what, file=f"{name}.tif", error=list(words), **rest)


def advised(name, what, *words, channel=None, **rest):
    """A file that is refused with Python that writes it anew, and the frames that are right then."""
    frames = tifffile.imread(out / f"{name}.tif")
    np.save(out / f"{name}-advised.npy", frames if channel is None else np.ascontiguousarray(frames[..., channel - 1]))
    refused(name, what, *words, advised=f"{name}-advised.npy", **({} if channel is None else {"options": {"channel": channel}}), **rest)


def imwrite(name, array, **options):
    options.setdefault("metadata", None)
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(out / f"{name}.tif", array, **options)


def by_hand(name, frames=S, tail=b"", change=None, strips=1, last=None, **how):
    tif = Tif(**how)
    for frame in frames:
        tif.page(frame, change(frame) if callable(change) else change, strips=strips)
    if last is not None:
        tif.set_link(len(tif.bytes) if last == "end" else last)
    tif.write(out / f"{name}.tif", tail)


# Usual files, in every combination of type, byte order, compression and blocks.
TYPES = {"8 bits": S8, "16 bits": S, "float": (S / 7).astype("f4")}
LAYOUTS = {"strips": {"rowsperstrip": 7}, "tiles": {"tile": (16, 32)}}
for (kind, array), order, compression, (blocks, options) in product(
    TYPES.items(), "<>", (None, "lzw", "zlib", "packbits", "zstd"), LAYOUTS.items()
):
    if SMALL and (compression != "zstd" or order == "<"):
        continue
    words = f"{kind}, {'little' if order == '<' else 'big'} endian, {compression or 'not compressed'}, {blocks}"
    name = words.replace(", ", "-").replace(" ", "-")
    imwrite(name, array, byteorder=order, compression=compression, **options)
    decoded(name, f"tifffile: {words}")
for (kind, array), compression in product(TYPES.items(), ("lzw", "zlib", "zstd")):
    predictor = 3 if kind == "float" else 2
    name = f"{kind.replace(' ', '-')}-{compression}-predictor-{predictor}"
    imwrite(name, array, compression=compression, predictor=predictor, rowsperstrip=9)
    decoded(name, f"tifffile: {kind}, {compression}, predictor {predictor}")
imwrite("bigtiff", S, bigtiff=True)
decoded("bigtiff", "BigTIFF")

# Pixel types besides the usual three.
for dtype, words in {
    "i1": "signed 8 bits",
    "i2": "signed 16 bits",
    "i4": "signed 32 bits, all within 24 bits",
    "u4": "32 bits, all within 24 bits",
    "f2": "float of 16 bits",
    "f8": "float of 64 bits",
}.items():
    array = (S8 // 2 if dtype == "i1" else S).astype(dtype)
    if dtype[0] == "i":
        array = array - np.array(100, dtype)
    for order, compression in (("<", None), (">", "zlib")):
        name = f"type-{dtype}-{'little' if order == '<' else 'big'}-{compression or 'plain'}"
        predictor = 2 if compression and dtype[0] in "iu" else 3 if compression and dtype != "f8" else None
        imwrite(name, array, byteorder=order, compression=compression, predictor=predictor)
        decoded(name, f"{words}, {'little' if order == '<' else 'big'} endian, {compression or 'not compressed'}")
wide = (S.astype("u4") << 16) + 1
imwrite("type-u4-large", wide)
refused("type-u4-large", "32 bits with values that float32 does not hold", "page 1", "which would become")
imwrite("type-f8-thirds", S / 3)
decoded("type-f8-thirds", "float of 64 bits with values between those of float32: the nearest", (S / 3).astype("f4"))
add("type-f8-thirds-told", "the same, counted: a line says so", run=["predict", "{dir}/type-f8-thirds.tif"], output=["rounded"])
for bits in (1, 4, 10, 12, 14):
    packed_type = "u1" if bits <= 8 else "u2"
    array = (S >> 2 if bits < 12 else S) & (2**bits - 1)
    blob = [b"".join(np.packbits(np.unpackbits(row.astype(">u2").view("u1").reshape(-1, 2), axis=1)[:, 16 - bits :].ravel()).tobytes() for row in frame) for frame in array]
    tif = Tif()
    for frame, part in zip(array, blob):
        tif.page(frame, {258: (3, [bits])}, part)
    tif.write(out / f"packed-{bits}.tif")
    decoded(f"packed-{bits}", f"{bits} bits a pixel, packed, rows filled up to whole bytes")
imwrite("complex", S.astype("c8"))
refused("complex", "complex numbers", "complex")

# Where pixels lie.
tiles = Tif()
padded = np.pad(S[0], ((0, 64 - ROWS), (0, 64 - COLUMNS)))
offsets = [tiles.data(padded[y : y + 32, x : x + 32].tobytes()) for y in (0, 32) for x in (0, 32)]
tiles.page(S[0], {322: (3, [32]), 323: (3, [32]), 273: (4, offsets), 279: (4, [2048] * 4), 278: None}, b"")
tiles.write(out / "tiles-under-strip-offsets.tif")
decoded("tiles-under-strip-offsets", "tiles whose places are listed as strips", S[:1])
imwrite("tiled-with-imagej-description", S[0], tile=(64, 64), description="ImageJ=1.54p\nimages=2\n")
decoded("tiled-with-imagej-description", "one tiled page; ImageJ's description says two images", S[:1])
by_hand("eight-bits-labelled-sixteen", S8, b"x" * 4000, {258: (3, [16])})
refused("eight-bits-labelled-sixteen", "8 bits a pixel, labelled 16", "StripByteCounts")
by_hand("sixteen-bits-labelled-eight", S, change=lambda frame: {258: (3, [8])})
refused("sixteen-bits-labelled-eight", "16 bits a pixel, labelled 8", "StripByteCounts")
tif = Tif()
tif.page(S[0])
tif.page(S[1], {273: (4, [0]), 279: (4, [0])}, b"")
tif.write(out / "offset-zero.tif")
refused("offset-zero", "the second page has no strip: offset 0, count 0", "page 2", "strip")
mirror = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))
tif = Tif()
for frame in S:
    tif.page(frame, {266: (3, [2])}, frame.tobytes().translate(mirror))
tif.write(out / "fill-order-2.tif")
decoded("fill-order-2", "FillOrder 2: the lowest bit of each byte comes first", S)
tif = Tif()
tif.page(S[0], {32997: (4, [4])}, S.tobytes())
tif.write(out / "image-depth.tif")
refused("image-depth", "ImageDepth: a volume in one page", "ImageDepth")
tif = Tif()
tif.page(S[0], {33629: (5, [1] * 24)}, S.tobytes())
tif.write(out / "metamorph.tif")
decoded("metamorph", "MetaMorph: UIC2 of four planes, counted in fractions", S)
tif = Tif()
uic2 = tif.data(np.ones(24, "<u4").tobytes())
tif.page(S[0], {33629: (5, [1] * 8)}, S.tobytes())
entry = tif.bytes.find(np.array([33629, 5], "<u2").tobytes())
tif.bytes[entry + 8 : entry + 12] = np.array([uic2], "<u4").tobytes()
tif.write(out / "metamorph-stk.tif")
decoded("metamorph-stk", "MetaMorph: UIC2 of four planes, counted in planes", S)
imwrite("min-is-white", 65535 - S, photometric="miniswhite")
decoded("min-is-white", "MinIsWhite: read as it is shown", S)
imwrite("min-is-white-imagej", S, photometric="miniswhite", description="ImageJ=1.54p\nimages=4\nslices=4\nloop=false\n")
decoded("min-is-white-imagej", "MinIsWhite by ImageJ, from an inverted lookup table: the stored values, as Fiji counts", S)
imwrite("min-is-white-float", S.astype("f4"), photometric="miniswhite")
refused("min-is-white-float", "MinIsWhite without a largest value", "MinIsWhite")
by_hand("unknown-predictor", change={317: (3, [34892])})
refused("unknown-predictor", "a predictor that is not known", "Predictor")
by_hand("images-1000-of-1", S[:1], change={270: (2, b"ImageJ=1.52\nimages=1000\n\0")})
decoded("images-1000-of-1", "one page; ImageJ's description says 1000 images", S[:1])
add("images-1000-of-1-index", "the same with --index 1", run=["predict", "{dir}/images-1000-of-1.tif", "--index", "1"], output=["1 frame"])
by_hand("images-2-with-tail", S[:1], b"x" * 9000, {270: (2, b"ImageJ=1.52\nimages=2\n\0")})
decoded("images-2-with-tail", "one page and bytes of no meaning; ImageJ's description says two images", S[:1])
head = Tif()
head.directory({256: (3, [COLUMNS]), 257: (3, [ROWS]), 258: (3, [16]), 262: (3, [1]), 270: (2, b"ImageJ=1.54p\nimages=4\nslices=4\n\0"), 273: (4, [512]), 277: (3, [1]), 278: (3, [ROWS]), 279: (4, [S[0].nbytes])})
head.data(bytes(512 - len(head.bytes)) + S.tobytes())
head.write(out / "imagej-contiguous.tif")
decoded("imagej-contiguous", "ImageJ's large stacks: one directory, the frames in a row", S)

# What calibrates or names alone.
by_hand("resolution-float", change={282: (11, [10.0]), 283: (12, [10.0]), 296: (3, [3])})
decoded("resolution-float", "XResolution as FLOAT, YResolution as DOUBLE", values={"info.calibration.pixelWidth": 0.1})
by_hand("resolution-srational", change={282: (10, [10, 1]), 283: (10, [10, 1]), 296: (3, [3])})
decoded("resolution-srational", "XResolution as SRATIONAL", values={"info.calibration.pixelWidth": 0.1})
by_hand("resolution-ascii", change={282: (2, b"ten\0"), 296: (3, [3])})
decoded("resolution-ascii", "XResolution as text", S)
by_hand("width-slong", change=lambda frame: {256: (9, [COLUMNS])})
decoded("width-slong", "ImageWidth as SLONG", S)
by_hand("sample-format-void", change={339: (3, [4])})
decoded("sample-format-void", "SampleFormat 4: not told", S)
by_hand("rows-per-strip-0", change={278: (3, [0])})
decoded("rows-per-strip-0", "RowsPerStrip 0", S)
by_hand("rows-per-strip-largest", change={278: (4, [2**32 - 1])})
decoded("rows-per-strip-largest", "RowsPerStrip 4294967295: one strip")
by_hand("strips", strips=5)
decoded("strips", "five strips a page")
by_hand("strips-big-endian", strips=5, order=">")
decoded("strips-big-endian", "five strips a page, big endian")
by_hand("big", big=True)
decoded("big", "BigTIFF by hand")
by_hand("no-byte-counts", change={279: None})
decoded("no-byte-counts", "one strip a page, without StripByteCounts", S)
tif = Tif()
for frame in S:
    rows = 16
    parts = [np.pad(frame[top : top + rows], ((0, max(0, top + rows - ROWS)), (0, 0))) for top in range(0, ROWS, rows)]
    places = [tif.data(zlib.compress(part.tobytes())) for part in parts]
    sizes = [len(zlib.compress(part.tobytes())) for part in parts]
    tif.page(frame, {259: (3, [8]), 273: (4, places), 278: (3, [rows]), 279: (4, sizes)}, b"")
tif.write(out / "padded-deflate-strip.tif")
decoded("padded-deflate-strip", "Deflate, the last strip filled up to the height of the others", S)
tif = Tif()
for frame in S:
    parts = [np.pad(frame[top : top + 16], ((0, max(0, top + 16 - ROWS)), (0, 0))).tobytes() for top in range(0, ROWS, 16)]
    places = [tif.data(part) for part in parts]
    tif.page(frame, {273: (4, places), 278: (3, [16]), 279: (4, [len(part) for part in parts])}, b"")
tif.write(out / "padded-strip.tif")
decoded("padded-strip", "not compressed, the last strip filled up to the height of the others", S)
tif = Tif()
tif.page(S[0][::4, ::4].copy(), {254: (4, [1])})
tif.page(S[0])
tif.write(out / "thumbnail-first.tif")
decoded("thumbnail-first", "the first page is a thumbnail", S[:1])
tif = Tif()
tif.page(S[0])
tif.page(S[0][::2, ::2].copy(), {255: (3, [2])})
tif.write(out / "thumbnail-subfile-type.tif")
decoded("thumbnail-subfile-type", "a thumbnail by the older SubfileType", S[:1])
tif = Tif()
tif.page(S[0])
tif.page(S[0], {254: (4, [4])})
tif.write(out / "mask.tif")
decoded("mask", "a page that is a transparency mask", S[:1])

# Colours.
rgb = np.stack([S8, S8 // 2, 255 - S8], -1)
for planar, name in ((1, "rgb"), (2, "rgb-planar")):
    array = rgb if planar == 1 else np.moveaxis(rgb, -1, 1)
    for compression in (None, "lzw"):
        each = f"{name}{'-lzw' if compression else ''}"
        imwrite(each, array, photometric="rgb", planarconfig="contig" if planar == 1 else "separate", compression=compression, predictor=2 if compression else None)
        decoded(each, f"RGB, {'pixel by pixel' if planar == 1 else 'colour by colour'}{', LZW' if compression else ''}, --channel 2", rgb[..., 1], options={"channel": 2})
refused("rgb", "RGB without --channel", "RGB", "--channel 2")
add("rgb-channel-4", "RGB with --channel 4", run=["predict", "{dir}/rgb.tif", "--channel", "4"], error=["--channel 4", "1 to 3"])
add("rgb-channel-1", "RGB with --channel 1", run=["predict", "{dir}/rgb.tif", "--channel", "1"], output=["4 frames"])
imwrite("two-samples", np.stack([S, S[::-1]], -1), planarconfig="contig")
decoded("two-samples", "two grey values a pixel, --channel 2", S[::-1], options={"channel": 2})
imwrite("palette", S8, photometric="palette", colormap=np.tile(np.arange(256, dtype="u2") * 257, (3, 1)))
decoded("palette", "a lookup table of colours: the stored values", S8)
by_hand("cfa", change={262: (3, [32803])})
refused("cfa", "a camera's colour mosaic", "CFA")

# Compression beyond the usual.
imwrite("lerc", S, compression="lerc")
decoded("lerc", "LERC without loss", S)
imwrite("lerc-float", S.astype("f4"), compression="lerc", tile=(16, 32))
decoded("lerc-float", "LERC, float, tiles", S.astype("f4"))
tif = Tif(order=">")
for frame in S:
    tif.page(frame, {259: (3, [34887]), 50674: (4, [4, 0])}, imagecodecs.lerc_encode(frame))
tif.write(out / "lerc-big-endian.tif")
decoded("lerc-big-endian", "LERC, big endian", S)
for outer in ("deflate", "zstd"):
    imwrite(f"lerc-{outer}", S, compression="lerc", compressionargs={"compression": outer})
    decoded(f"lerc-{outer}", f"LERC below {outer}", S)
imwrite("zstd-rgb", rgb, compression="zstd", predictor=2, photometric="rgb", tile=(16, 32))
decoded("zstd-rgb", "ZSTD, RGB in tiles, --channel 3", rgb[..., 2], options={"channel": 3})
imwrite("jpeg-tiles", S8, compression="jpeg", compressionargs={"level": 90}, tile=(16, 32))
decoded("jpeg-tiles", "JPEG, grey, tiles", tolerance=1)
imwrite("jpeg-rgb", rgb, compression="jpeg", photometric="rgb")
advised("jpeg-rgb", "JPEG of colours", "YCbCr", channel=1, run=["predict", "{dir}/jpeg-rgb.tif", "--channel", "1"])
imwrite("jpeg", S8, compression="jpeg", compressionargs={"level": 95})
decoded("jpeg", "JPEG, grey; decoders round in their own ways", tolerance=1)
imwrite("jpeg2000", S, compression="jpeg2000")
advised("jpeg2000", "JPEG 2000", "JPEG 2000")
imwrite("webp", rgb, compression="webp", photometric="rgb")
advised("webp", "WebP", "WebP", channel=1, run=["predict", "{dir}/webp.tif", "--channel", "1"])
imwrite("jpegxr", S, compression="jpegxr")
advised("jpegxr", "JPEG XR", "JPEG XR")
imwrite("jpegxl", S, compression="jpegxl")
advised("jpegxl", "JPEG XL", "JPEG XL")
imwrite("png", S, compression="png")
advised("png", "PNG", "PNG")
imwrite("lzma", S, compression="lzma")
advised("lzma", "LZMA", "LZMA")

# Cut off by a crash.
SALVAGE = {"salvage": True}


def cut(name, what, whole):
    np.save(out / f"{name}.npy", S[:whole])
    words = [str(whole), "--salvage"] if whole else []
    add(name, what, file=f"{name}.tif", error=words)
    add(f"{name}-salvaged", f"{what}, with --salvage", file=f"{name}.tif", options=SALVAGE, pixels=f"{name}.npy", run=["predict", f"{{dir}}/{name}.tif", "--salvage"], output=[f"{whole} frame"])


by_hand("last-link-at-end", last="end")
cut("last-link-at-end", "the last directory leads to the end of the file", 4)
by_hand("zeros-after", S, bytes(4000))
whole = (out / "zeros-after.tif").read_bytes()
tif = Tif()
for frame in S:
    tif.page(frame)
tif.set_link(len(tif.bytes) + 200)
tif.write(out / "zeros-after.tif", bytes(4000))
cut("zeros-after", "the last directory leads to zeros", 4)
by_hand("half-a-page")
whole = (out / "half-a-page.tif").read_bytes()
(out / "half-a-page.tif").write_bytes(whole[: -int(0.7 * S[0].nbytes)])
cut("half-a-page", "cut off in the middle of the last page", 3)
imwrite("pages-then-pixels", S, compression="zlib", rowsperstrip=8)
ends = (out / "pages-then-pixels.tif").read_bytes()
(out / "pages-then-pixels.tif").write_bytes(ends[: int(len(ends) * 0.6)])
with tifffile.TiffFile(out / "pages-then-pixels.tif") as tif:
    size = (out / "pages-then-pixels.tif").stat().st_size
    good = 0
    for page in tif.pages:
        if any(o + n > size for o, n in zip(page.dataoffsets, page.databytecounts)):
            break
        good += 1
cut("pages-then-pixels", "compressed strips, cut off", good)
contiguous = (out / "imagej-contiguous.tif").read_bytes()
(out / "imagej-cut.tif").write_bytes(contiguous[: 512 + 2 * S[0].nbytes + S[0].nbytes // 2])
cut("imagej-cut", "ImageJ's large stacks, cut off in the third frame", 2)
tifffile.imwrite(out / "hyperstack-cut.tif", S, imagej=True, metadata={"axes": "TYX"})
ends = (out / "hyperstack-cut.tif").read_bytes()
start = tifffile.TiffFile(out / "hyperstack-cut.tif").pages[0].dataoffsets[0]
(out / "hyperstack-cut.tif").write_bytes(ends[: start + 3 * S[0].nbytes + 50])
cut("hyperstack-cut", "ImageJ's stacks with the directories at the end, cut off in the last frame", 3)
(out / "half-a-first-page.tif").write_bytes(whole[: S[0].nbytes // 2])
refused("half-a-first-page", "cut off in the first page", "end of the file")

# Pixels that are no numbers.
bad = S.astype("f4")
bad[0, 3, 4], bad[1, 5, 6] = np.inf, np.nan
imwrite("not-finite", bad)
decoded("not-finite", "NaN and infinity, read as they are", bad)
refused("not-finite", "NaN and infinity, counted", "x 4", "y 3", "--replace-invalid median")
mended = bad.copy()
for index, y, x in ((0, 3, 4), (1, 5, 6)):
    around = bad[index, y - 1 : y + 2, x - 1 : x + 2].ravel()
    mended[index, y, x] = np.median(around[np.isfinite(around)])
np.save(out / "mended.npy", mended)
add("not-finite-replaced", "the same with --replace-invalid median", file="not-finite.tif", options={"replaceInvalid": "median"}, pixels="mended.npy", run=["predict", "{dir}/not-finite.tif", "--replace-invalid", "median"], output=["replaced"])

# Layout and calibration.
tifffile.imwrite(out / "ome.tif", S, ome=True, photometric="minisblack", metadata={"axes": "TYX", "PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.1, "PhysicalSizeYUnit": "µm"})
decoded("ome", "OME-TIFF with PhysicalSize", values={"info.calibration.pixelWidth": 0.1, "info.calibration.unit": "µm", "info.layout.timePoints": 4})
tifffile.imwrite(out / "ome-nm.tif", S, ome=True, photometric="minisblack", metadata={"axes": "ZYX", "PhysicalSizeX": 107.0, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 107.0, "PhysicalSizeYUnit": "nm", "PhysicalSizeZ": 250.0, "PhysicalSizeZUnit": "nm"})
decoded("ome-nm", "OME-TIFF in nanometres, slices", values={"info.calibration": {"pixelWidth": 107, "pixelHeight": 107, "pixelDepth": 250, "unit": "nm"}, "info.layout.slices": 4})
twelve = stack(12)
for axes, dims, places in (
    ("TZCYX", (2, 3, 2), [(c, z, t) for t in (1, 2) for z in (1, 2, 3) for c in (1, 2)]),
    ("CTZYX", (2, 2, 3), [(c, z, t) for c in (1, 2) for t in (1, 2) for z in (1, 2, 3)]),
):
    name = f"ome-{axes.lower()}"
    tifffile.imwrite(out / f"{name}.tif", twelve.reshape(*dims, ROWS, COLUMNS), ome=True, photometric="minisblack", metadata={"axes": axes, "PhysicalSizeX": 0.16, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": 0.16, "PhysicalSizeYUnit": "µm"})
    table = f"{name}.counts.csv"
    decoded(name, f"OME-TIFF, {axes}: channels, slices and times in the table", values={
        f"{table}:channel": [c for c, _, _ in places], f"{table}:slice": [z for _, z, _ in places], f"{table}:time": [t for _, _, t in places],
    })
tifffile.imwrite(out / "hyperstack.tif", twelve.reshape(2, 3, 2, ROWS, COLUMNS), imagej=True, metadata={"axes": "TZCYX"})
decoded("hyperstack", "ImageJ's hyperstack: channels, slices and times in the table", twelve, values={
    "hyperstack.counts.csv:channel": [1, 2] * 6, "hyperstack.counts.csv:slice": [1, 1, 2, 2, 3, 3] * 2, "hyperstack.counts.csv:time": [1] * 6 + [2] * 6,
})

# Micro-Manager's NDTiff: a mark behind the header, and an index beside the file.
nd = Tif()
nd.bytes += struct.pack("<5I", 483729, 3, 0, 2355492, 0)
entries = b""
named = [("phase", 0), ("DAPI", 0), ("phase", 1), ("DAPI", 1)]
for frame, (channel, time) in zip(S, named):
    at = len(nd.bytes)
    nd.page(frame)
    axes, file = json.dumps({"channel": channel, "time": time}).encode(), b"ndtiff.tif"
    entries += struct.pack("<I", len(axes)) + axes + struct.pack("<I", len(file)) + file
    entries += struct.pack("<8I", at, COLUMNS, ROWS, 1, 0, 0, 0, 0)
nd.write(out / "ndtiff.tif")
(out / "NDTiff.index").write_bytes(entries)
oracle = [(axes["channel"], axes["time"]) for axes, *_ in tifffile.tifffile.read_ndtiff_index(out / "NDTiff.index")]
assert oracle == named, oracle
decoded("ndtiff", "Micro-Manager's NDTiff: channels and times in the table", S, values={
    "info.layout": {"channels": 2, "slices": 1, "timePoints": 2}, "ndtiff.counts.csv:channel": [1, 2, 1, 2], "ndtiff.counts.csv:time": [1, 1, 2, 2],
})

if not SMALL:
    # An image in a file for each channel; tifffile reads the image as a whole.
    plane = '<TiffData FirstC="{c}" FirstT="{t}" IFD="{t}" PlaneCount="1"><UUID FileName="ome-c{c}.ome.tif">urn:uuid:0b2f9e84-58c4-4d3f-9f3c-9d1f0a9c00{c}0</UUID></TiffData>'
    planes = "".join(plane.format(c=c, t=t) for c in (0, 1) for t in (0, 1))
    pixels = f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="{COLUMNS}" SizeY="{ROWS}" SizeC="2" SizeZ="1" SizeT="2">{planes}</Pixels>'
    for c in (0, 1):
        uuid = f'UUID="urn:uuid:0b2f9e84-58c4-4d3f-9f3c-9d1f0a9c00{c}0"'
        text = f'<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" {uuid}><Image ID="Image:0">{pixels}</Image></OME>'
        tifffile.imwrite(out / f"ome-c{c}.ome.tif", S[2 * c : 2 * c + 2], description=text, metadata=None, photometric="minisblack")
    with tifffile.TiffFile(out / "ome-c1.ome.tif") as tif:
        whole = tif.series[0]
        assert whole.axes == "TCYX" and np.array_equal(whole.asarray(), S.reshape(2, 2, ROWS, COLUMNS).transpose(1, 0, 2, 3)), whole
    places = {"ome-c1.counts.csv:channel": [2, 2], "ome-c1.counts.csv:time": [1, 2]}
    decoded("ome-c1.ome", "OME-TIFF in two files: the second, with its places in the table", S[2:], values=places)

    # The options of reading in the other commands that take a stack.
    for name, flags in (("rgb", ["--channel", "2"]), ("half-a-page", ["--salvage"]), ("not-finite", ["--replace-invalid", "median"])):
        told = " ".join(flags)
        folder = out / f"evaluate-{name}"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.tif").write_bytes((out / f"{name}.tif").read_bytes())
        (folder / "truth.csv").write_text("frame,x,y\n1,9,9\n")
        data = ["--data", "{dir}/" + folder.name]
        add(f"evaluate-{name}", f"{name}, evaluated", run=["evaluate", "defcon", *data, "-o", f"report-{name}"], error=[told])
        add(f"evaluate-{name}-told", f"{name}, evaluated with {told}", run=["evaluate", "defcon", *data, "-o", f"report-{name}", *flags], output=["summary.csv"])
    add("tune-rgb", "RGB, tuned to with --channel 2: read, but too short", run=["tune", "{dir}/rgb.tif", "-o", "tuned", "--channel", "2"], error=["20 frames or more"])
    add("tune-half-a-page", "cut off, tuned to with --salvage: read, but too short", run=["tune", "{dir}/half-a-page.tif", "-o", "tuned", "--salvage"], error=["20 frames or more", "found 3"])

(out / "cases.json").write_text(json.dumps(cases, indent=1), encoding="utf-8")
print(len(cases), "cases")
