"""Writes the frames that are counted: frames.py FOLDER [RAW FRAMES HEIGHT WIDTH]

FOLDER/frames.npy has spots on noise, uint16; or the frames of RAW. small.npy is a corner of it, and KIND.npy the
same numbers in other types.
"""

import sys

import numpy as np

folder, *given = sys.argv[1:]


def spots():
    random = np.random.default_rng(21)
    y, x = np.mgrid[:96, :128]
    mean = np.full((12, 96, 128), 110.0)
    for frame in mean:
        for _ in range(25):
            row, column = random.uniform(4, 92), random.uniform(4, 124)
            frame += 90 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 1.3**2))
    return random.poisson(mean).astype(np.uint16)


if given:
    raw, *shape = given
    frames = np.fromfile(raw, np.uint16).reshape([int(side) for side in shape])
else:
    frames = spots()
np.save(f"{folder}/frames.npy", frames)
np.save(f"{folder}/small.npy", frames[:2, :64, :64])
np.save(f"{folder}/uint8.npy", (frames // 8).clip(0, 255).astype(np.uint8))
for kind in ["uint32", "float32"]:
    np.save(f"{folder}/{kind}.npy", frames.astype(kind))
