"""Compares what clients got with the results of predict, bit for bit: compare.py FOLDER WAY=STACK ...

The map of each WAY.npz must be that of STACK.density.npy, and its counts those of STACK.counts.csv, which has nine
digits. Prints each way that is equal.
"""

import csv
import sys

import numpy as np

folder, *pairs = sys.argv[1:]


def digits(values):
    return [f"{value:.9g}" for value in values]


for pair in pairs:
    way, stack = pair.split("=")
    told = np.load(f"{folder}/{way}.npz")
    density = np.load(f"{folder}/{stack}.density.npy")
    with open(f"{folder}/{stack}.counts.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    if told["density"].ndim == 2:
        density, rows = density[0], rows[:1]
    assert told["density"].dtype == np.float32, way
    assert told["density"].shape == density.shape, (way, told["density"].shape)
    assert told["density"].tobytes() == density.astype(np.float32).tobytes(), f"{way}: another map"
    for name in ["count", "max_local_count", "count_error"]:
        expected = [f"{float(row[name]):.9g}" for row in rows]
        assert digits(told[name]) == expected, (way, name, told[name], expected)
    print(way)
