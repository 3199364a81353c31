"""Writes frames as numpy and h5py write them, of the types and byte orders that people use, into test/data/frames/arrays.

Every file holds frames of 3 x 4 pixels whose values are 10 * frame + pixel, so that a test can tell any mix-up.
Usage: .oracle-venv/bin/python scripts/oracle/frame_arrays.py
"""
from pathlib import Path

import h5py
import numpy as np

OUT = Path(__file__).resolve().parents[2] / "test" / "data" / "frames" / "arrays"
FRAMES = (10 * np.arange(5)[:, None, None] + np.arange(12).reshape(1, 3, 4)).astype("float64")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for code in ["u1", "<u2", ">u2", "<i2", "<u4", "<i8", "<f4", "<f8", ">f8", "?"]:
        name = code.replace("<", "little-").replace(">", "big-").replace("?", "boolean")
        np.save(OUT / f"{name}.npy", FRAMES.astype(code))
    np.save(OUT / "single.npy", FRAMES[2].astype("u2"))
    np.save(OUT / "channel.npy", FRAMES[..., None].astype("f4"))
    np.save(OUT / "fortran.npy", np.asfortranarray(FRAMES.astype("f4")))
    np.save(OUT / "half.npy", FRAMES.astype("f2"))
    np.save(OUT / "flat.npy", FRAMES.ravel())
    np.savez(OUT / "one.npz", FRAMES.astype("u2"))
    np.savez_compressed(OUT / "two.npz", first=FRAMES.astype("u2"), second=1 + FRAMES.astype("u2"))
    with h5py.File(OUT / "frames.h5", "w") as file:
        file["raw/camera"] = FRAMES.astype("u2")
        file["raw/scaled"] = FRAMES[..., None] / 100
        file["raw/signed"] = FRAMES.astype("i4")
        file["raw/mask"] = FRAMES > 20
        file["times"] = np.arange(5.0)


if __name__ == "__main__":
    main()
