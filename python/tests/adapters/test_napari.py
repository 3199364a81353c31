"""The widget in napari: in a real window where there is a display, else with napari's model."""

import os
import time

import numpy as np
import pytest

if not os.environ.get("DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
napari = pytest.importorskip("napari")
from qtpy.QtWidgets import QApplication

from defcon_fiji import LiveCounter
from defcon_fiji.adapters.napari import DENSITY, CountWidget

LONGEST_S = 60


@pytest.fixture
def viewer():
    application = QApplication.instance() or QApplication([])
    if os.environ.get("DISPLAY"):
        viewer = napari.Viewer(show=False)
        yield viewer
        viewer.close()
    else:
        from napari.components import ViewerModel

        yield ViewerModel()
    application.processEvents()


@pytest.fixture
def widget(viewer, daemon):
    with LiveCounter(daemon, density=True) as counter:
        widget = CountWidget(viewer, counter)
        yield widget
        widget.timer.stop()


def until_counted(widget, row):
    expected = float(row["count"])
    until(lambda: widget.shown and widget.shown.count == pytest.approx(expected, rel=1e-5))
    assert widget.plot.counts[-1] == widget.shown.count
    assert widget.text.text() == f"{expected:.1f}"


def until(condition):
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        QApplication.instance().processEvents()
        time.sleep(0.01)


def test_the_frame_that_is_shown_is_counted_with_its_map_as_a_layer(
    viewer, widget, frames, predicted
):
    rows, maps = predicted
    layer = viewer.add_image(frames, name="camera", scale=(1, 0.1, 0.1))
    widget.on.setChecked(True)
    for shown in (2, 4, 0):
        viewer.dims.set_current_step(0, shown)
        until_counted(widget, rows[shown])
        np.testing.assert_allclose(viewer.layers[DENSITY].data, maps[shown], rtol=1e-5, atol=1e-6)
    assert [each.name for each in viewer.layers] == ["camera", DENSITY]
    assert list(viewer.layers[DENSITY].scale) == [0.1, 0.1]
    assert viewer.layers.selection.active is layer
    widget.plot.grab()


def test_a_camera_that_fills_one_array_anew_is_followed(viewer, widget, frames, predicted):
    rows, _ = predicted
    picture = frames[1].copy()
    viewer.add_image(picture)
    widget.on.setChecked(True)
    for number in (1, 3):
        picture[:] = frames[number]
        until_counted(widget, rows[number])


def test_what_cannot_be_counted_is_told_and_the_rest_goes_on(viewer, widget, frames, predicted):
    colours = viewer.add_image(np.zeros((16, 16, 3), np.uint8), rgb=True)
    widget.on.setChecked(True)
    until(lambda: "height x width" in widget.text.text())
    grey = viewer.add_image(frames[5])
    viewer.layers.selection.active = grey
    until_counted(widget, predicted[0][5])
    assert colours in viewer.layers


def test_napari_finds_the_widget_in_the_installed_wheel():
    from npe2 import PluginManager

    plugins = PluginManager.instance()
    plugins.discover()
    manifest = plugins.get_manifest("defcon-fiji")
    manifest.validate_imports()
    assert [widget.display_name for widget in manifest.contributions.widgets] == [
        "DEFCoN live count"
    ]
