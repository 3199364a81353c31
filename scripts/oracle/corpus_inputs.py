"""Makes the corpus' group of inputs: files that are no frames, each named .tif, and recordings that tifffile was writing when it stopped.

Usage: .oracle-venv/bin/python scripts/oracle/corpus_inputs.py OUTDIR
"""
import gzip
import json
import os
import sys
import zlib
from pathlib import Path

import numpy as np
import tifffile

FRAMES = np.random.default_rng(18).integers(90, 400, (4, 80, 96)).astype("uint16")


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = (4).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(4 * 5))) + chunk(b"IEND", b"")


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    cases = []

    def refused(case: str, what: str, file: str, *words: str) -> None:
        cases.append({"case": case, "what": what, "file": file, "error": list(words), "exit": 1})

    def written(case: str, what: str, file: str, content: bytes, *words: str) -> None:
        (out / file).write_bytes(content)
        refused(case, what, file, *words)

    written("PNG named .tif", "A PNG picture whose name ends with .tif.", "png.tif", png(), "a PNG picture", "Save the raw frames as tif")
    written("gzip named .tif", "A tif packed by gzip, whose name ends with .tif.", "gzip.tif", gzip.compress(b"II*\0"), "a gzip archive", "Unpack it")
    page = b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"
    written("HTML named .tif", "A web page that a download brought instead of the tif.", "html.tif", page, "a web page (HTML)", "download it again")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    written("LFS pointer named .tif", "A pointer of Git LFS, where the file was not fetched.", "pointer.tif", pointer, "a pointer of Git LFS", "git lfs pull")
    written("empty file", "A file of no bytes.", "empty.tif", b"", "an empty file")
    written("zeros", "Room for a file that was never written.", "zeros.tif", bytes(4096), "zeros at its start")
    (out / "folder.tif").mkdir(exist_ok=True)
    refused("folder named .tif", "A folder.", "folder.tif", "a folder")
    refused("pattern without match", "A pattern that the shell passes on, since no file matches it.", "none_*.tif", "no file that matches this pattern")
    refused("name too long", "A name of 300 characters.", "x" * 296 + ".tif", "a name that is too long")
    if hasattr(os, "mkfifo"):
        if not (out / "pipe.tif").exists():
            os.mkfifo(out / "pipe.tif")
        refused("named pipe", "A named pipe that no program writes into.", "pipe.tif", "a named pipe (FIFO)")
        cases.append({"case": "/dev/null", "what": "The device that holds nothing.", "run": ["predict", "/dev/null"], "error": ["a device"], "exit": 1})

    tifffile.imwrite(out / "good.tif", FRAMES, photometric="minisblack")
    np.save(out / "good.npy", FRAMES)
    several = ["predict", "{dir}/png.tif", "{dir}/good.tif", "{dir}/empty.tif", "-o", "{dir}/several", "--force"]
    words = ["a PNG picture", "an empty file", "2 of 3 inputs were not counted"]
    cases.append({"case": "one good input of three", "what": "Two inputs that are no frames, and a stack between them.", "run": several, "error": words, "exit": 1})
    cases.append({"case": "good stack", "what": "The stack of the case before.", "file": "good.tif", "pixels": "good.npy"})
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
