"""A real daemon of this repository for the session, and frames whose counts the program tells."""

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "bin" / "defcon-fiji.js"


def program(*arguments, **options):
    """Runs the program to its end."""
    command = ["node", str(SCRIPT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A home of its own, whose launcher.json tells how to start this repository's daemon."""
    folder = tmp_path_factory.mktemp("home")
    os.environ["DEFCON_FIJI_HOME"] = str(folder)
    launcher = {"node": shutil.which("node"), "script": str(SCRIPT), "version": "0"}
    (folder / "launcher.json").write_text(json.dumps(launcher))
    yield folder
    if (folder / "daemon.json").exists():
        pid = json.loads((folder / "daemon.json").read_text())["pid"]
        os.kill(pid, 15)


@pytest.fixture(scope="session")
def frames():
    """Six frames of uint16, 48 x 64, with spots."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:48, :64]
    stack = []
    for spots in (12, 9, 7, 5, 3, 1):
        light = np.full((48, 64), 120.0)
        places = zip(rng.uniform(4, 60, spots), rng.uniform(4, 44, spots), strict=True)
        for cx, cy in places:
            light += 800 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 2.9)
        stack.append(rng.poisson(light).astype(np.uint16))
    return np.stack(stack)


@pytest.fixture(scope="session")
def predicted(home, frames, tmp_path_factory):
    """What the command line counts in the frames: the rows of counts.csv, and the maps."""
    folder = tmp_path_factory.mktemp("predicted")
    np.save(folder / "frames.npy", frames)
    program("predict", "frames.npy", "--as", "npy", cwd=folder)
    with (folder / "frames.counts.csv").open() as file:
        rows = list(csv.DictReader(file))
    return rows, np.load(folder / "frames.density.npy")


@pytest.fixture
def daemon(home):
    import defcon_fiji

    with defcon_fiji.connect() as connection:
        yield connection
