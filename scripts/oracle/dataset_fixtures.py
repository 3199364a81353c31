"""dataset_fixtures.py OUT_DIR: training sets by h5py, frames by tifffile and density maps by scipy.

Frame f of set s has at (x, y) the value v = (7 x + 13 y + 101 f + 29 s) mod 251, over 255 in training sets; frames are 20 wide and 16 high.
Its emitters are those of expected.json, which also has their density maps, evaluated at (x + 0.5, y + 0.5).
"""
import base64
import json
import os
import sys
from pathlib import Path

import h5py
import numpy as np
import tifffile
from scipy.stats import multivariate_normal

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
WIDTH, HEIGHT = 20, 16
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
centres = np.stack([x + 0.5, y + 0.5], axis=-1)


def frames(count, s=0):
    return np.stack([(7 * x + 13 * y + 101 * f + 29 * s) % 251 for f in range(count)])


def density(emitters, sigma):
    return sum(
        (multivariate_normal.pdf(centres, mean, sigma**2 * np.eye(2)) for mean in emitters), np.zeros((HEIGHT, WIDTH))
    )


def encode(array):
    return base64.b64encode(array.tobytes()).decode()


rng = np.random.default_rng(42)
emitters = [np.round(rng.uniform(0, [WIDTH, HEIGHT], (n, 2)), 3).tolist() for n in (3, 0, 7, 1, 2)]
emitters[3] = [[-1.25, 16.5], [19.75, 0.25]]
maps = {str(sigma): encode(np.stack([density(e, sigma) for e in emitters])) for sigma in (0.5, 1, 1.7)}
expected = {"width": WIDTH, "height": HEIGHT, "emitters": emitters, "density": maps}
(out / "expected.json").write_text(json.dumps(expected))

target = np.stack([density(e, 1) for e in emitters])[..., None]
with h5py.File(out / "two_sets.h5", "w") as file:
    for s, (name, count) in enumerate([("alpha", 5), ("beta", 4)]):
        file.create_dataset(f"input/{name}", data=frames(count, s)[..., None] / 255)
        file.create_dataset(f"target/{name}", data=target[:count])
        file.create_dataset(f"seg_map/{name}", data=(target[:count] > 0.03).astype(int))

# Other ways to store the same: float32, compressed, big endian, booleans, groups of three frames.
with h5py.File(out / "temporal.h5", "w") as file:
    shape = (3, 3, HEIGHT, WIDTH, 1)
    values = (frames(9) / 255).reshape(shape)
    zeros = np.zeros(shape)
    zeros[1, 2, 3, 4] = 0.5
    file.create_dataset("input/input", data=values.astype("float32"), chunks=(1, 3, 8, 20, 1), compression="gzip")
    file.create_dataset("target/target", data=zeros.astype(">f8"))
    file.create_dataset("seg_map/seg_map", data=zeros > 0.03)


def broken(name, input=None, target=None, seg_map=None):
    """One set "a" with an array replaced, or left out where it is False."""
    plain = np.zeros((2, 16, 16, 1))
    with h5py.File(out / f"{name}.h5", "w") as file:
        for group, data, usual in [("input", input, plain), ("target", target, plain), ("seg_map", seg_map, plain.astype("int8"))]:
            file.create_group(group)
            if data is not False:
                file[group].create_dataset("a", data=usual if data is None else data, **(dict(compression="gzip") if data is None else {}))


broken("rank", input=np.zeros((2, 16, 16)))
broken("integer_frames", input=np.zeros((2, 16, 16, 1), "uint16"))
broken("text", seg_map=np.full((2, 1, 1, 1), "a", dtype=object))
broken("fewer_maps", target=np.zeros((1, 16, 16, 1)))
broken("no_target", target=False)
broken("odd_size", *[np.zeros((2, 18, 16, 1))] * 2, np.zeros((2, 18, 16, 1), "int8"))
broken("raw_values", input=np.full((2, 16, 16, 1), 300.0))
broken("not_finite", target=np.full((2, 16, 16, 1), np.nan))
with h5py.File(out / "no_groups.h5", "w") as file:
    file["data"] = np.zeros(3)
with h5py.File(out / "two_sizes.h5", "w") as file:
    for name, side in [("small", 16), ("large", 32)]:
        for group, dtype in [("input", float), ("target", float), ("seg_map", "int8")]:
            file.create_dataset(f"{group}/{name}", data=np.zeros((2, side, side + 4, 1), dtype), compression="gzip")

for name, stack in {
    "uint8": frames(5).astype("uint8"),
    "uint16": (257 * frames(5)).astype("uint16"),
    "float32": (frames(5) / 255).astype("float32"),
    "float32_raw": frames(5).astype("float32"),
}.items():
    tifffile.imwrite(out / f"{name}.tif", stack, photometric="minisblack", compression="deflate")

# The same two sets as h5py users write them: no segmentation maps, frames as the camera gave them, chunks of many samples.
small = dict(compression="gzip", shuffle=True)
with h5py.File(out / "no_seg_map.h5", "w") as file:
    for s, (name, count) in enumerate([("alpha", 5), ("beta", 4)]):
        file.create_dataset(f"input/{name}", data=frames(count, s)[..., None] / 255, **small)
        file.create_dataset(f"target/{name}", data=target[:count], **small)
with h5py.File(out / "camera_frames.h5", "w") as file:
    for name, data in [("alpha", frames(5).astype("uint8")), ("beta", (257 * frames(4, 1)).astype(">u2"))]:
        file.create_dataset(f"input/{name}", data=data[..., None], **small)
        file.create_dataset(f"target/{name}", data=target[: len(data)], **small)
    file["stack"] = (257 * frames(5)).astype("uint16")
with h5py.File(out / "chunks.h5", "w") as file:
    for s, (name, count, chunk) in enumerate([("alpha", 5, 2), ("beta", 4, 4)]):
        chunks = dict(chunks=(chunk, 8, 10, 1), **small)
        file.create_dataset(f"input/{name}", data=frames(count, s)[..., None] / 255, **chunks)
        file.create_dataset(f"target/{name}", data=target[:count], **chunks)
        file.create_dataset(f"seg_map/{name}", data=(target[:count] > 0.03).astype("int8"), **chunks)
# compression="gzip" is what broken() asks for by default, so these give arrays of their own.
for name, options in {"lzf": dict(compression="lzf", chunks=(1, 16, 16, 1)), "half": {}}.items():
    with h5py.File(out / f"{name}.h5", "w") as file:
        for group in ("input", "target"):
            dtype = "float16" if name == "half" and group == "input" else "float64"
            file.create_dataset(f"{group}/a", data=np.zeros((2, 16, 16, 1), dtype), **options)
hole = np.zeros((3, 16, 16, 1))
hole[2, 3, 4] = np.nan
with h5py.File(out / "nan_frame.h5", "w") as file:
    file.create_dataset("input/a", data=hole, **small)
    file.create_dataset("target/a", data=np.zeros(hole.shape), **small)
with h5py.File(out / "signed_frames.h5", "w") as file:
    file.create_dataset("input/a", data=np.zeros((2, 16, 16, 1), "int16"), **small)
    file.create_dataset("target/a", data=np.zeros((2, 16, 16, 1)), **small)
# Marked as open to be written, as a program leaves it that crashed.
(out / "not_closed.h5").unlink(missing_ok=True)
if not os.fork():
    file = h5py.File(out / "not_closed.h5", "w", libver="latest")
    for group in ("input", "target"):
        file.create_dataset(f"{group}/a", data=np.zeros((2, 16, 16, 1)), **small)
    file.flush()
    os._exit(0)
os.wait()
