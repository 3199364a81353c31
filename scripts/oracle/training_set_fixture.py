"""training_set_fixture.py OUT.h5: a compacted training set as the original's dataset tool writes it, small enough to be trained on within a test.

24 frames of 16 x 16 in [0,1] in steps of 1/255: spots of sigma 1.3 on a noisy background; density maps of sigma 1; segmentation where a map is above 0.03.
"""
import sys

import h5py
import numpy as np

FRAMES, SIDE = 24, 16
rng = np.random.default_rng(7)
y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
frames = 0.1 + 0.02 * rng.standard_normal((FRAMES, SIDE, SIDE))
density = np.zeros((FRAMES, SIDE, SIDE))
for i in range(FRAMES):
    for _ in range(rng.integers(0, 4)):
        cx, cy = rng.uniform(2, SIDE - 2, 2)
        distance = (x - cx) ** 2 + (y - cy) ** 2
        frames[i] += rng.uniform(0.3, 0.6) * np.exp(-distance / (2 * 1.3**2))
        density[i] += np.exp(-distance / 2) / (2 * np.pi)
arrays = {
    "input/input": np.round(np.clip(frames, 0, 1) * 255) / 255,
    "target/target": density,
    "seg_map/seg_map": (density > 0.03).astype("int64"),
}
with h5py.File(sys.argv[1], "w") as file:
    for name, values in arrays.items():
        file.create_dataset(name, data=values[..., np.newaxis], compression="gzip", compression_opts=9, shuffle=True)
