"""The examples run as they stand."""

import os
import runpy
import subprocess
import sys
import time

import pytest

from .conftest import EXAMPLES


@pytest.mark.parametrize("name", ["pymmcore_plus_exposure", "pycromanager_counts"])
def test_an_example_counts_the_demo_camera(daemon, demo, name):
    pytest.importorskip(name.split("_")[0])
    command = [sys.executable, str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    words = lines[0].split()
    acquired, counted = int(words[0]), int(words[3])
    assert acquired == 200
    assert 0 < counted <= acquired
    assert "count" in lines[1] or "molecules" in lines[1]


@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="napari's window needs a display")
def test_the_example_of_napari_shows_the_demo_cameras_counts(home, demo, monkeypatch):
    napari = pytest.importorskip("napari")
    from qtpy.QtWidgets import QApplication

    from defcon_fiji.adapters.napari import DENSITY, CountWidget

    seen = []

    def run():
        widgets = QApplication.instance().allWidgets()
        widget = next(each for each in widgets if isinstance(each, CountWidget))
        widget.on.setChecked(True)
        deadline = time.monotonic() + 60
        while len(widget.plot.counts) < 5 and time.monotonic() < deadline:
            QApplication.instance().processEvents()
            time.sleep(0.01)
        seen.append((len(widget.plot.counts), widget.viewer.layers[DENSITY].data.shape))
        shot = os.environ.get("NAPARI_SCREENSHOT")
        if shot:
            widget.viewer.screenshot(shot, canvas_only=False)
        widget.counter.close()
        widget.viewer.close()

    monkeypatch.setattr(napari, "run", run)
    runpy.run_path(str(EXAMPLES / "napari_live.py"))
    assert seen[0][0] >= 5
    assert seen[0][1] == (512, 512)
