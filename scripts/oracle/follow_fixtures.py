"""Writes journals of recordings into test/data/follow: every write that tifffile and ndstorage make, in their order.

A test replays them step by step, and so has files in each state in which a reader may find them. A journal holds the frames' pixels,
and for each frame the writes after which it is in the files: file, offset and bytes (base64). "end" are the writes that close the
files. A write of null bytes sets the file's length.
Usage: .oracle-venv/bin/python scripts/oracle/follow_fixtures.py
"""
import base64
import builtins
import io
import json
import os
import tempfile
from pathlib import Path

import ndstorage.ndtiff_dataset
import ndstorage.ndtiff_file
import numcodecs
import numpy as np
import tifffile
import zarr

OUT = Path(__file__).resolve().parents[2] / "test" / "data" / "follow"
FRAMES = np.random.default_rng(7).integers(90, 400, (5, 16, 20)).astype("uint16")
# ndstorage takes room for a whole file in advance: 4 GB, and here one megabyte.
ROOM = 1_000_000


class Journal:
    def __init__(self) -> None:
        self.steps: list[dict] = []
        self.writes: list[dict] = []

    def write(self, file: str, at: int, data: bytes) -> None:
        self.writes.append({"file": file, "at": at, "data": base64.b64encode(data).decode()})

    def length(self, file: str, length: int) -> None:
        self.writes.append({"file": file, "at": length, "data": None})

    def step(self) -> None:
        self.steps.append(self.writes)
        self.writes = []

    def save(self, name: str, frames: np.ndarray = FRAMES) -> None:
        pixels = [base64.b64encode(frame.tobytes()).decode() for frame in frames]
        text = {"height": frames.shape[1], "width": frames.shape[2], "pixels": pixels, "frames": self.steps, "end": self.writes}
        (OUT / f"{name}.json").write_text(json.dumps(text, indent=1) + "\n")


class LoggedBytes(io.BytesIO):
    """A file in memory whose writes are put into a journal."""

    def __init__(self, journal: Journal, file: str) -> None:
        super().__init__()
        self.journal, self.file = journal, file

    def write(self, data) -> int:
        self.journal.write(self.file, self.tell(), bytes(data))
        return super().write(data)


class LoggedFile:
    """A file on the disk whose writes are put into a journal."""

    def __init__(self, journal: Journal, path: str, mode: str) -> None:
        self.handle = builtins.open(path, mode, buffering=0)
        self.journal, self.file = journal, os.path.basename(path)

    def write(self, data) -> int:
        self.journal.write(self.file, self.handle.tell(), bytes(data))
        return self.handle.write(data)

    def truncate(self) -> int:
        self.journal.length(self.file, self.handle.tell())
        return self.handle.truncate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getattr__(self, name):
        return getattr(self.handle, name)


def tif(name: str, options: dict, page: dict) -> None:
    journal = Journal()
    with tifffile.TiffWriter(LoggedBytes(journal, "run.tif"), **options) as writer:
        for frame in FRAMES:
            writer.write(frame, contiguous=False, photometric="minisblack", **page)
            journal.step()
    journal.save(name)


def imagej() -> None:
    journal = Journal()
    with tifffile.TiffWriter(LoggedBytes(journal, "run.tif"), imagej=True) as writer:
        writer.write(FRAMES, photometric="minisblack", metadata={"axes": "TYX"})
    journal.step()
    journal.save("imagej")


def images() -> None:
    journal = Journal()
    for i, frame in enumerate(FRAMES):
        with tifffile.TiffWriter(LoggedBytes(journal, f"img_{i + 8}.tif")) as writer:
            writer.write(frame, photometric="minisblack", metadata=None)
        journal.step()
    journal.save("images")


def ndtiff() -> None:
    journal = Journal()
    modules = [ndstorage.ndtiff_file, ndstorage.ndtiff_dataset]
    ndstorage.ndtiff_file.MAX_FILE_SIZE = ROOM
    ndstorage.ndtiff_file.SingleNDTiffWriter.has_space_to_write = lambda *_: True
    for module in modules:
        module.open = lambda path, mode="r": (builtins.open if "r" == mode[0] and "+" not in mode else lambda p, m: LoggedFile(journal, p, m))(path, mode)
    with tempfile.TemporaryDirectory() as folder:
        dataset = ndstorage.ndtiff_dataset.NDTiffDataset(folder, summary_metadata={"note": "x"}, writable=True)
        for i, frame in enumerate(FRAMES):
            dataset.put_image({"time": i, "channel": "A"}, frame, {"ElapsedTime-ms": 20 * i})
            journal.step()
        dataset.finish()
    journal.save("ndtiff")


class LoggedStore(zarr.storage.MemoryStore):
    """A store in memory whose writes are put into a journal, as files of a folder."""

    journal: Journal

    async def set(self, key, value, byte_range=None) -> None:
        if await self.exists(key):
            self.journal.length(f"run.zarr/{key}", 0)
        self.journal.write(f"run.zarr/{key}", 0, value.to_bytes())
        await super().set(key, value, byte_range)


def ome_zarr(name: str, version: str, axes: str, shape: tuple, chunks: tuple, grows: bool, **options) -> None:
    """A frame is a chunk or two. The array has its final size from the start, or grows frame by frame."""
    journal = Journal()
    store = LoggedStore()
    store.journal = journal
    kinds = {"t": "time", "c": "channel"}
    image = {
        "axes": [{"name": axis, "type": kinds.get(axis, "space")} for axis in axes],
        "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1.0] * len(axes)}]}],
    }
    described = {"multiscales": [image | {"version": "0.4"}]} if version == "0.4" else {"ome": {"version": "0.5", "multiscales": [image]}}
    group = zarr.create_group(store=store, zarr_format=2 if version == "0.4" else 3, attributes=described)
    array = group.create_array("0", shape=(1, *shape[1:]) if grows else shape, chunks=chunks, dtype="uint16", **options)
    for i, frame in enumerate(FRAMES):
        if grows and i > 0:
            array.resize((i + 1, *shape[1:]))
        array[i] = frame.reshape(shape[1:])
        journal.step()
    journal.save(name)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    ome_zarr("zarr04", "0.4", "tcyx", (5, 1, 16, 20), (1, 1, 16, 20), grows=False, compressors=numcodecs.Blosc(), chunk_key_encoding={"name": "v2", "separator": "/"})
    ome_zarr("zarr05", "0.5", "tyx", (5, 16, 20), (1, 8, 20), grows=True, compressors=None)
    tif("classic", {}, {"metadata": None, "rowsperstrip": 5})
    tif("bigtiff", {"bigtiff": True, "byteorder": ">"}, {"metadata": None})
    tif("deflate", {}, {"metadata": None, "compression": "zlib"})
    imagej()
    images()
    ndtiff()


if __name__ == "__main__":
    main()
