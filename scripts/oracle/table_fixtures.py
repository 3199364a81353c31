"""table_fixtures.py OUT_DIR: localisations as Picasso's save_locs stores them, by h5py: an array of records called locs.

One molecule stands at the centre of column 6 and row 4 of the second frame, another at column 2.25 and row 8 of the first.
locs.hdf5 has them; other_array.hdf5 has an array of the same name that is no table.
"""
import sys
from pathlib import Path

import h5py
import numpy as np

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
columns = {
    "frame": np.array([1, 0], "u4"),
    "x": np.array([6, 2.25], "f4"),
    "y": np.array([4, 8], "f4"),
    "photons": np.array([900, 300], "f4"),
    "sx": np.array([1, 1], "f4"),
    "sy": np.array([1, 1], "f4"),
    "bg": np.array([5, 7], "f4"),
    "lpx": np.array([0.1, 0.1], "f4"),
    "lpy": np.array([0.1, 0.1], "f4"),
}
with h5py.File(out / "locs.hdf5", "w") as file:
    file.create_dataset("locs", data=np.rec.fromarrays(list(columns.values()), names=list(columns)))
with h5py.File(out / "other_array.hdf5", "w") as file:
    file.create_dataset("locs", data=np.zeros((3, 4)))
