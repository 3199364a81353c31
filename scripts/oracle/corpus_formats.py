"""Recordings of other programs than tif, with what is right for each: scripts/oracle/corpus_formats.py FOLDER

Writes the files and cases.json into FOLDER. zarr, numpy and h5py write their own files, format_files.py the others;
the pixels that are right are those that nd2, sif_parser, spe2py, PIMS, zarr, numpy and h5py read from them.
"test/data/frames/formats" has the same files for npm test.
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import h5py
import nd2 as nd2_package
import numpy as np
import pims
import sif_parser
import spe_loader
import zarr
import zarr.codecs

import format_files as files
from format_files import patterned

warnings.filterwarnings("ignore")
OUT = Path(sys.argv[1])
CASES = []
U2 = patterned("u2")
SHAPE = U2.shape


def read(case, what, file, right, **info):
    """A case whose pixels are right if they are those of the oracle, and known values of the stack."""
    name = f"{case.replace(' ', '-')}.right.npy"
    np.save(OUT / name, np.ascontiguousarray(right))
    entry = {"case": case, "what": what, "file": file, "pixels": name}
    values = {f"info.{key.replace('__', '.')}": value for key, value in info.items()}
    CASES.append({**entry, **({"values": values} if values else {})})


def refused(case, what, file, *words):
    CASES.append({"case": case, "what": what, "file": file, "error": list(words), "exit": 1})


def cut(name, source, keep):
    """The first bytes of a file."""
    (OUT / name).write_bytes((OUT / source).read_bytes()[:keep])


def dax():
    files.dax(OUT / "little.dax", U2)
    read("dax", "storm-analysis, little endian", "little.dax", np.fromfile(OUT / "little.dax", "<u2").reshape(SHAPE))
    files.dax(OUT / "big.dax", U2, "big")
    right = np.fromfile(OUT / "big.dax", ">u2").reshape(SHAPE)
    read("dax big endian", "storm-analysis, big endian", "big.dax", right.astype("u2"), width=11, height=9)
    files.dax(OUT / "alone.dax", U2)
    (OUT / "alone.inf").unlink()
    refused("dax without inf", "a .dax whose .inf is not there", "alone.dax", "alone.inf", "no file of that name")
    files.dax(OUT / "cut.dax", U2)
    cut("cut.dax", "little.dax", 500)
    refused("dax cut off", "a .dax that ends in its third frame", "cut.dax", "cut off", "500")
    text = "frame dimensions = 11 x 9\nnumber of frames = 2000000000\ndata type = 16 bit integers (binary, little endian)\n"
    files.dax(OUT / "lies.dax", U2, inf=text)
    refused("dax that lies", "an .inf of two thousand million frames", "lies.dax", "cut off", "2000000000 frames")
    files.dax(OUT / "bytes.dax", U2, inf=text.replace("16 bit integers", "8 bit integers"))
    refused("dax of 8 bits", "an .inf of another pixel type", "bytes.dax", "16 bit integers", "8 bit")


def spe():
    for kind in ["u2", "i2", "i4", "f4"]:
        frames = patterned(kind)
        files.spe2(OUT / f"two-{kind}.spe", frames)
        reader = pims.SpeStack(str(OUT / f"two-{kind}.spe"))
        right = np.stack([np.asarray(reader[i]) for i in range(len(reader))])
        read(f"spe 2 {frames.dtype.name}", f"WinView, {frames.dtype.name}", f"two-{kind}.spe", right, frames=4)
    for kind, times in [("u2", True), ("u4", False), ("f4", False)]:
        frames = patterned(kind)
        files.spe3(OUT / f"three-{kind}.spe", frames, times)
        read(f"spe 3 {frames.dtype.name}", f"LightField, {frames.dtype.name}", f"three-{kind}.spe", spe3_pixels(f"three-{kind}.spe"))
    large = np.full((1, 4, 4), 2**24 + 1, "i4")
    files.spe2(OUT / "large.spe", large)
    refused("spe too large", "WinView, a pixel of 16777217", "large.spe", "16777217", "16777216")
    files.spe2(OUT / "regions2.spe", U2, regions=2)
    refused("spe 2 regions", "WinView, two regions of interest", "regions2.spe", "2 regions")
    files.spe3(OUT / "regions3.spe", U2, regions=2)
    refused("spe 3 regions", "LightField, two regions of interest", "regions3.spe", "2 regions")
    cut("cut.spe", "two-u2.spe", 4500)
    refused("spe 2 cut off", "WinView, ends in its third frame", "cut.spe", "cut off", "4500")
    files.spe3(OUT / "open.spe", U2, footer=False)
    refused("spe 3 cut off", "LightField, without the XML at its end", "open.spe", "cut off", "XML")
    files.spe2(OUT / "lies.spe", U2, count=2**31 - 1)
    refused("spe that lies", "WinView, two thousand million frames", "lies.spe", "cut off", "2147483647 frames")
    (OUT / "text.spe").write_text("no recording")
    refused("spe of text", "a text named .spe", "text.spe", "header", "end of the file")


class OldNumPy:
    """NumPy for spe2py, which puts arrays of one value where today's NumPy wants the value."""

    def __getattr__(self, name):
        return getattr(np, name)

    @staticmethod
    def fromfile(file, dtype, count):
        values = np.fromfile(file, dtype, count)
        return values[0] if count == 1 else values


def spe3_pixels(name):
    """The frames as spe2py reads them. It takes several blocks for granted, so it gets an empty one more."""
    doubled = OUT / "doubled.spe"
    end = b"</DataBlock></DataFormat>"
    doubled.write_bytes((OUT / name).read_bytes().replace(end, b'<DataBlock width="0" height="0" />' + end))
    # It opens the file as text for the XML; latin-1 takes any bytes before it.
    spe_loader.open = lambda path: open(path, encoding="latin-1")
    spe_loader.np = OldNumPy()
    frames = spe_loader.SpeFile(str(doubled)).data
    doubled.unlink()
    return np.stack([frame[0] for frame in frames])


def sif():
    for version, flag in [(65567, 1), (65559, 0), (65558, None), (65548, None)]:
        name = f"solis-{version}.sif"
        files.sif(OUT / name, U2, version, flag)
        right, _ = sif_parser.np_open(str(OUT / name))
        read(f"sif {version}", f"Andor Solis, version {version}", name, right, pixelType="float32", frames=4)
    files.sif(OUT / "regions.sif", U2, regions=2)
    refused("sif regions", "Andor Solis, two regions", "regions.sif", "2 regions")
    files.sif(OUT / "spectra.sif", U2, axis="Wavelength")
    refused("sif spectra", "Andor Solis, spectra", "spectra.sif", "spectra")
    size = (OUT / "solis-65559.sif").stat().st_size
    cut("cut.sif", "solis-65559.sif", size - 100)
    refused("sif cut off", "Andor Solis, ends in its last frame", "cut.sif", "cut off")
    files.sif(OUT / "lies.sif", U2, count=10**9)
    refused("sif that lies", "Andor Solis, a thousand million frames", "lies.sif", "cut off", "1000000000 frames")


def nd2():
    for kind in ["u2", "u1", "f4"]:
        frames = patterned(kind)
        name = f"nis-{kind}.nd2"
        files.nd2(OUT / name, frames)
        read(
            f"nd2 {frames.dtype.name}", f"NIS-Elements, {frames.dtype.name}", name, nd2_pixels(name),
            calibration__pixelWidth=nd2_package.ND2File(OUT / name).voxel_size().x, calibration__unit="µm",
            calibration__frameInterval=0.05,
        )  # fmt: skip
    frames = patterned("u2", (6, 9, 11))
    files.nd2(OUT / "padded.nd2", frames, row_bytes=28)
    read("nd2 padded rows", "NIS-Elements, bytes between rows", "padded.nd2", nd2_pixels("padded.nd2"))
    files.nd2(OUT / "slices.nd2", frames, files.nd2_time(2, files.nd2_slices(3)))
    right = nd2_pixels("slices.nd2").reshape(frames.shape)
    layout = {"channels": 1, "slices": 3, "timePoints": 2}
    read("nd2 slices", "NIS-Elements, three slices at two times", "slices.nd2", right, layout=layout, calibration__pixelDepth=0.25)
    colours = np.stack([U2] * 3, -1)
    files.nd2(OUT / "colours.nd2", colours, components=3)
    refused("nd2 colours", "NIS-Elements, three channels", "colours.nd2", "3 channels")
    files.nd2(OUT / "lossless.nd2", U2, compression=0)
    refused("nd2 compressed", "NIS-Elements, lossless compression", "lossless.nd2", "lossless compression")
    files.nd2(OUT / "old.nd2", U2, version="Ver2.1")
    refused("nd2 version 2", "NIS-Elements, an old version", "old.nd2", "2.1")
    (OUT / "jpeg.nd2").write_bytes(bytes.fromhex("0000000c6a5020200d0a870a") + bytes(200))
    refused("nd2 of JPEG 2000", "NIS-Elements, the oldest kind", "jpeg.nd2", "JPEG 2000")
    cut("cut.nd2", "nis-u2.nd2", 20_000)
    refused("nd2 cut off", "NIS-Elements, without its map", "cut.nd2", "cut off")
    files.nd2(OUT / "missing.nd2", U2, uiSequenceCount=2**31)
    refused("nd2 that lies", "NIS-Elements, two thousand million frames", "missing.nd2", "2147483648 frames", "4 in its map")


def nd2_pixels(name):
    with nd2_package.ND2File(OUT / name) as file:
        return file.asarray()


def picasso():
    for kind, order in [("u2", "<"), ("u2", ">"), ("f4", "<"), ("u1", "<"), ("i4", ">")]:
        frames = patterned(kind)
        name = f"picasso-{frames.dtype.name}-{'big' if order == '>' else 'little'}.raw"
        files.picasso(OUT / name, frames, order, Pixelsize=130)
        right = np.fromfile(OUT / name, frames.dtype.newbyteorder(order)).reshape(SHAPE).astype(frames.dtype)
        read(
            f"picasso {frames.dtype.name} {order}", f"Picasso, {frames.dtype.name}, {order}", name, right,
            calibration={"pixelWidth": 130, "pixelHeight": 130, "unit": "nm"},
        )  # fmt: skip
    files.picasso(OUT / "alone.raw", U2)
    (OUT / "alone.yaml").unlink()
    refused("picasso without yaml", "a .raw whose .yaml is not there", "alone.raw", "alone.yaml", "no file of that name")
    files.picasso(OUT / "lies.raw", U2, Frames=10**12)
    refused("picasso that lies", "a .yaml of a million million frames", "lies.raw", "cut off", "1000000000000 frames")
    files.picasso(OUT / "large.raw", U2, Width=10**6, Height=10**6)
    refused("picasso too large", "a .yaml of frames of a million squared", "large.raw", "1000000 x 1000000", "Crop")
    files.picasso(OUT / "complex.raw", U2, **{"Data Type": "complex64"})
    refused("picasso of another type", "a .yaml of complex numbers", "complex.raw", "Data Type", "complex64")


def ome(version, axes, scale, path="0"):
    """The attributes of an image."""
    kinds = {"t": ("time", "millisecond"), "c": ("channel", None), "z": ("space", "micrometer")}
    described = []
    for axis in axes:
        kind, unit = kinds.get(axis, ("space", "micrometer"))
        described.append({"name": axis, "type": kind, **({"unit": unit} if unit else {})})
    dataset = {"path": path, "coordinateTransformations": [{"type": "scale", "scale": scale}]}
    image = {"axes": described, "datasets": [dataset], "name": "recording"}
    return {"multiscales": [{**image, "version": version}]} if version == "0.4" else {"ome": {"version": version, "multiscales": [image]}}


def image(name, frames, version="0.5", axes="tyx", scale=(50.0, 0.107, 0.107), **array):
    """An image of OME-Zarr, written by zarr."""
    shutil.rmtree(OUT / name, ignore_errors=True)
    kind = 2 if version == "0.4" else 3
    group = zarr.create_group(OUT / name, zarr_format=kind, attributes=ome(version, axes, list(scale)))
    keys = {"chunk_key_encoding": {"name": "v2", "separator": "/"}} if kind == 2 else {"dimension_names": list(axes)}
    made = group.create_array("0", shape=frames.shape, dtype=frames.dtype, **{**keys, "chunks": (1, *frames.shape[1:]), **array})
    made[...] = frames
    return np.asarray(zarr.open_array(OUT / name / "0", mode="r")[...])


def ome_zarr():
    known = dict(calibration={"pixelWidth": 0.107, "pixelHeight": 0.107, "unit": "µm", "frameInterval": 0.05})
    from numcodecs import LZ4, Blosc, GZip, Zlib, Zstd

    compressors = {"blosc": Blosc(), "zlib": Zlib(), "gzip": GZip(), "zstd": Zstd(), "lz4": LZ4(), "plain": None}
    for name, compressor in compressors.items():
        file = f"four-{name}.ome.zarr"
        right = image(file, U2, "0.4", compressors=compressor)
        read(f"ome-zarr 0.4 {name}", f"OME-Zarr 0.4, {name}", file, right, **known, frames=4)
    codecs = {"zstd": zarr.codecs.ZstdCodec(), "gzip": zarr.codecs.GzipCodec(), "blosc": zarr.codecs.BloscCodec(), "plain": None}
    for name, codec in codecs.items():
        file = f"five-{name}.ome.zarr"
        right = image(file, U2, "0.5", compressors=codec)
        read(f"ome-zarr 0.5 {name}", f"OME-Zarr 0.5, {name}", file, right, **known, frames=4)
    right = image("sharded.zarr", U2, "0.5", chunks=(1, 3, 11), shards=(2, 9, 11))
    read("ome-zarr sharded", "OME-Zarr 0.5, chunks inside shards", "sharded.zarr", right, **known)
    right = image("tiles.zarr", U2, "0.5", chunks=(3, 4, 5))
    read("ome-zarr tiles", "OME-Zarr 0.5, chunks of tiles of three frames", "tiles.zarr", right, **known)
    right = image("columns.zarr", U2, "0.4", chunks=(3, 4, 5), order="F")
    read("ome-zarr Fortran order", "OME-Zarr 0.4, chunks in Fortran order", "columns.zarr", right, **known)
    right = image("big.zarr", U2.astype(">u2"), "0.4")
    read("ome-zarr big endian", "OME-Zarr 0.4, big endian", "big.zarr", right.astype("u2"), **known)
    for kind in ["u1", "i2", "i4", "u8", "f4", "f8", "?"]:
        frames = patterned(kind)
        right = image(f"type-{frames.dtype.name}.zarr", frames, "0.5")
        right = right.astype("u1") if kind == "?" else right.astype("f4") if kind not in ("u1",) else right
        read(f"ome-zarr {frames.dtype.name}", f"OME-Zarr 0.5, {frames.dtype.name}", f"type-{frames.dtype.name}.zarr", right)
    five = patterned("u2", (2, 2, 3, 9, 11))
    right = image("five-axes.zarr", five, "0.4", "tczyx", (1.0, 1.0, 0.25, 0.107, 0.107), chunks=(1, 1, 1, 9, 11))
    layout = {"channels": 2, "slices": 3, "timePoints": 2}
    right = right.transpose(0, 2, 1, 3, 4).reshape(12, 9, 11)
    read("ome-zarr five axes", "OME-Zarr 0.4, channels, slices and times", "five-axes.zarr", right, layout=layout, frames=12, calibration__pixelDepth=0.25)
    follow = {"file": "four-blosc.ome.zarr", "what": "OME-Zarr 0.4, followed", "output": ["4 frames"]}
    CASES.append({"case": "ome-zarr followed", **follow, "run": ["predict", "--follow", "{dir}/four-blosc.ome.zarr", "--idle", "1"]})
    tiles = {"file": "tiles.zarr", "what": "OME-Zarr 0.5, chunks of three frames, followed", "error": ["several frames", "without --follow"]}
    CASES.append({"case": "ome-zarr tiles followed", **tiles, "run": ["predict", "--follow", "{dir}/tiles.zarr", "--idle", "1"]})
    zeros = U2.copy()
    zeros[1, :5] = 0
    right = image("sparse.zarr", zeros, "0.5", chunks=(1, 5, 11), config={"write_empty_chunks": False})
    read("ome-zarr empty chunk", "OME-Zarr 0.5, a chunk of zeros left out", "sparse.zarr", right)
    image("lost.zarr", U2, "0.5")
    shutil.rmtree(OUT / "lost.zarr" / "0" / "c" / "2")
    refused("ome-zarr lost frame", "OME-Zarr 0.5, the file of the third frame is gone", "lost.zarr", "frame 3", "chunks", "none")
    shards = {"chunks": (1, 3, 11), "shards": (2, 9, 11), "config": {"write_empty_chunks": False}}
    image("half-shard.zarr", np.where(np.arange(4)[:, None, None] == 1, 0, U2), "0.5", **shards)
    refused("ome-zarr half a shard", "OME-Zarr 0.5, a shard without its second frame", "half-shard.zarr", "frame 2", "chunks", "none")
    image("no-shard.zarr", U2, "0.5", **shards)
    shutil.rmtree(OUT / "no-shard.zarr" / "0" / "c" / "1")
    refused("ome-zarr lost shard", "OME-Zarr 0.5, a shard of several chunks is gone", "no-shard.zarr", "frame 3", "chunks", "none")
    image("cut.zarr", U2, "0.5")
    chunk = OUT / "cut.zarr" / "0" / "c" / "1" / "0" / "0"
    chunk.write_bytes(chunk.read_bytes()[:20])
    refused("ome-zarr cut chunk", "OME-Zarr 0.5, a chunk cut off", "cut.zarr", "frame 2", "damaged")
    large = np.full((1, 4, 4), 2**24 + 1, "i8")
    image("large.zarr", large, "0.5")
    refused("ome-zarr too large", "OME-Zarr 0.5, a pixel of 16777217", "large.zarr", "16777217", "16777216")
    image("lies.zarr", U2, "0.5")
    described = OUT / "lies.zarr" / "0" / "zarr.json"
    text = json.loads(described.read_text())
    text["chunk_grid"]["configuration"]["chunk_shape"] = [1, 60_000, 60_000]
    described.write_text(json.dumps(text))
    refused("ome-zarr that lies", "OME-Zarr 0.5, chunks of seven gigabytes", "lies.zarr", "chunks of at most", "60000")
    group = zarr.create_group(OUT / "series.zarr", zarr_format=2, overwrite=True, attributes={"bioformats2raw.layout": 3})
    for i in range(2):
        image(f"series.zarr/{i}", U2 + i, "0.4")
    read("ome-zarr series", "an image of several by its path", "series.zarr/1", np.asarray(zarr.open_array(OUT / "series.zarr/1/0")[...]), **known)
    refused("ome-zarr which series", "several images, none named", "series.zarr", "0, 1", "series.zarr/0")
    zarr.create_group(OUT / "plate.zarr", zarr_format=2, overwrite=True, attributes={"plate": {"wells": []}})
    zarr.create_group(OUT / "plate.zarr/A", zarr_format=2, overwrite=True)
    zarr.create_group(OUT / "plate.zarr/B", zarr_format=2, overwrite=True)
    refused("ome-zarr plate", "a plate of many images", "plate.zarr", "a plate", "plate.zarr/A/1/0")
    plain = zarr.create_array(OUT / "plain.zarr", shape=SHAPE, dtype="u2", chunks=(2, 9, 11), overwrite=True)
    plain[...] = U2
    read("zarr array", "an array of Zarr 3 by itself", "plain.zarr", np.asarray(plain[...]))
    right = np.asarray(zarr.open_array(OUT / "four-blosc.ome.zarr/0", mode="r")[...])
    read("ome-zarr array", "the array of an image by its path", "four-blosc.ome.zarr/0", right, **known)
    (OUT / "empty.zarr").mkdir(exist_ok=True)
    (OUT / "empty.zarr" / "readme.txt").write_text("no image")
    refused("zarr that is none", "a folder of that name without Zarr in it", "empty.zarr", "zarr.json", "none")
    del group


def arrays():
    for kind in [">u2", "<i2", ">i4", "<u4", "<i8", ">u8", "<f2", ">f8"]:
        frames = patterned(kind)
        name = f"numpy-{frames.dtype.name}-{'big' if '>' in kind else 'little'}"
        np.save(OUT / f"{name}.npy", frames)
        read(f"npy {kind}", f"NumPy, {kind}", f"{name}.npy", counted(np.load(OUT / f"{name}.npy")))
    for kind in ["u2", ">f4"]:
        frames = np.asfortranarray(patterned(kind))
        name = f"fortran-{frames.dtype.name}"
        np.save(OUT / f"{name}.npy", frames)
        read(f"npy Fortran {kind}", f"NumPy, Fortran order, {kind}", f"{name}.npy", counted(np.load(OUT / f"{name}.npy")))
    np.savez(OUT / "stored.npz", first=U2, second=np.asfortranarray(U2[:2]))
    read("npz", "numpy.savez", "stored.npz:first", np.load(OUT / "stored.npz")["first"])
    read("npz Fortran", "numpy.savez, Fortran order", "stored.npz:second", np.load(OUT / "stored.npz")["second"])
    np.savez_compressed(OUT / "packed.npz", U2.astype(">i2"))
    read("npz compressed", "numpy.savez_compressed, big endian", "packed.npz", counted(np.load(OUT / "packed.npz")["arr_0"]))
    np.save(OUT / "large.npy", np.full((1, 4, 4), 2**24 + 1, "u4"))
    refused("npy too large", "NumPy, a pixel of 16777217", "large.npy", "16777217", "16777216")
    header = (OUT / "large.npy").read_bytes()[:128]
    lies = header.replace(b"(1, 4, 4), }" + b" " * 10, b"(9999999999, 4, 4), }" + b" ")
    (OUT / "lies.npy").write_bytes(lies + bytes(64))
    refused("npy that lies", "NumPy, a header of ten thousand million frames", "lies.npy", "cut off")
    with h5py.File(OUT / "arrays.h5", "w") as file:
        for kind in [">u2", "<i2", ">i4", "<u8", "<f2", ">f8"]:
            frames = patterned(kind)
            file[f"{frames.dtype.name}"] = frames
        file.create_dataset("packed", data=U2, chunks=(2, 4, 5), compression="gzip", shuffle=True)
        file["large"] = np.full((1, 4, 4), 2**24 + 1, "u4")
    with h5py.File(OUT / "arrays.h5") as file:
        for name in ["uint16", "int16", "int32", "uint64", "float64", "packed"]:
            read(f"hdf5 {name}", f"HDF5, {name}", f"arrays.h5:{name}", counted(file[name][...]))
    refused("hdf5 float16", "HDF5, half precision", "arrays.h5:float16", "float16", "astype")
    refused("hdf5 too large", "HDF5, a pixel of 16777217", "arrays.h5:large", "16777217", "16777216")


def counted(frames):
    """Frames as they are counted: 8 and 16 bits unsigned as they are, all others as float32."""
    native = frames.astype(frames.dtype.newbyteorder("="))
    return native if native.dtype in ("u1", "u2") else native.astype("f4")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for part in [dax, spe, sif, nd2, picasso, ome_zarr, arrays]:
        part()
    (OUT / "cases.json").write_text(json.dumps(CASES, indent=1) + "\n")


if __name__ == "__main__":
    main()
