"""hdf5_locks.py: whether h5py and the built program (bin/defcon-fiji.js) keep off each other's training sets. Prints a line for each case.

Needs Linux and the command flock. Ends with status 1 where a case is not as it should be.
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

root = Path(__file__).resolve().parents[2]
program = ["node", str(root / "bin" / "defcon-fiji.js")]
folder = Path(tempfile.mkdtemp())
path = folder / "set.h5"
failures = 0


def told(case, right):
    global failures
    failures += not right
    print("ok  " if right else "FAIL", case)


def run(*arguments):
    done = subprocess.run([*program, *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


with h5py.File(path, "w") as file:
    for group in ("input", "target"):
        file.create_dataset(f"{group}/a", data=np.random.default_rng(1).uniform(size=(4000, 32, 32, 1)))

with h5py.File(path, "r+") as file:
    before = path.read_bytes()
    for arguments in (["dataset", "summary", path], ["dataset", "compact", path, "-o", folder / "out.h5"], ["train", "--set", path, "-o", folder / "model"],
                      ["dataset", "add-target", path, "b", f"{path}:target/a"], ["dataset", "compact", root / "test/data/dataset/two_sets.h5", "-o", path]):
        status, text = run(*arguments)
        told(f"open in h5py to write: {' '.join(map(str, arguments[:2]))} is refused", status == 1 and "DATASET_LOCKED" in text)
    told("open in h5py to write: the file is as it was", path.read_bytes() == before)

with h5py.File(path, "r") as file:
    status, _ = run("dataset", "add-input", path, "b", f"{root}/test/data/dataset/camera_frames.h5:stack")
    told("open in h5py to read: the program adds to it", status == 0)
    told("open in h5py to read: the reader keeps the file that it opened", list(file["input"]) == ["a"])
with h5py.File(path, "r+") as file:
    told("then h5py sees both", list(file["input"]) == ["a", "b"])
    del file["input/b"]

training = subprocess.Popen([*program, "train", "--set", str(path), "-o", str(folder / "model"), "--json"], stdout=subprocess.PIPE, text=True)
training.stdout.readline()
with h5py.File(path, "r") as file:
    told("while it trains: h5py reads", file["input/a"].shape == (4000, 32, 32, 1))
try:
    h5py.File(path, "r+").close()
    told("while it trains: h5py does not write", False)
except BlockingIOError as error:
    told(f"while it trains: h5py does not write ({error})", True)
training.terminate()
training.wait()
time.sleep(0.1)
h5py.File(path, "r+").close()
told("after it: h5py writes", True)
sys.exit(failures > 0)
