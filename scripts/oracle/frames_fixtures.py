"""frames_fixtures.py OUT_DIR: small tif stacks by tifffile in the variants that microscopes and Fiji write.

Pixel (x, y) of frame f is v = (7 x + 13 y + 101 f) mod 251, stored as v (uint8), 257 v (uint16) or v / 2 (float32); 3 frames of 21 x 18.
File names tell the variant: TYPE_ENDIAN_COMPRESSION_LAYOUT[_predictorN][_big].tif, TYPE_imagej.tif, and what the others hold.
"""
import sys
from itertools import product
from pathlib import Path

import numpy as np
import tifffile

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
y, x = np.mgrid[0:18, 0:21]
value = np.stack([(7 * x + 13 * y + 101 * f) % 251 for f in range(3)])
stacks = {
    "uint8": value.astype("uint8"),
    "uint16": (257 * value).astype("uint16"),
    "float32": (value / 2).astype("float32"),
}
layouts = {"strip": {"rowsperstrip": 5}, "tile": {"tile": (16, 16)}}

for (name, stack), order, compression, layout in product(
    stacks.items(), "<>", (None, "lzw", "deflate", "packbits"), layouts
):
    endian = "little" if order == "<" else "big"
    options = dict(byteorder=order, compression=compression, photometric="minisblack", metadata=None, **layouts[layout])
    stem = f"{name}_{endian}_{compression or 'plain'}_{layout}"
    tifffile.imwrite(out / f"{stem}.tif", stack, **options)
    if compression in ("lzw", "deflate") and layout == "strip":
        predictor = 3 if name == "float32" else 2
        tifffile.imwrite(out / f"{stem}_predictor{predictor}.tif", stack, predictor=predictor, **options)
    if compression in (None, "deflate"):
        tifffile.imwrite(out / f"{stem}_big.tif", stack, bigtiff=True, **options)

for name, stack in stacks.items():
    metadata = {"unit": "\\u00B5m", "finterval": 0.05, "axes": "TYX"}
    tifffile.imwrite(out / f"{name}_imagej.tif", stack, imagej=True, resolution=(10, 8), metadata=metadata)

# ImageJ's way to write stacks: one directory for all frames.
contiguous = out / "uint16_contiguous.tif"
tifffile.imwrite(contiguous, stacks["uint16"], imagej=True, metadata={"axes": "ZYX", "spacing": 0.3, "unit": "nm"})
data = bytearray(contiguous.read_bytes())
with tifffile.TiffFile(contiguous) as tif:
    first = tif.pages[0]
    entries = int.from_bytes(data[first.offset : first.offset + 2], tif.byteorder == "<" and "little" or "big")
    link = first.offset + 2 + 12 * entries
data[link : link + 4] = bytes(4)
contiguous.write_bytes(data)

# Noise in one strip: LZW's table fills up many times over. Pixel i is bits 13 to 28 of 2654435761 i modulo 2^32.
index = np.arange(96 * 96, dtype="uint64")
noise = (((index * 2654435761) & 0xFFFFFFFF) >> 13 & 0xFFFF).astype("uint16").reshape(96, 96)
tifffile.imwrite(out / "noise_lzw.tif", noise, compression="lzw", rowsperstrip=96, photometric="minisblack", metadata=None)

with tifffile.TiffWriter(out / "with_thumbnails.tif") as tif:
    for frame in stacks["uint16"]:
        tif.write(frame, metadata=None)
        tif.write(frame[::2, ::2], subfiletype=1, metadata=None)
with tifffile.TiffWriter(out / "two_sizes.tif") as tif:
    tif.write(stacks["uint8"][0], metadata=None)
    tif.write(stacks["uint8"][1][:9], metadata=None)
tifffile.imwrite(out / "rgb.tif", np.zeros((18, 21, 3), "uint8"), photometric="rgb", metadata=None)
tifffile.imwrite(out / "signed.tif", np.zeros((18, 21), "int16"), metadata=None)
tifffile.imwrite(out / "double.tif", np.zeros((18, 21), "float64"), metadata=None)
tifffile.imwrite(out / "zstd.tif", stacks["uint8"], compression="zstd", photometric="minisblack", metadata=None)
