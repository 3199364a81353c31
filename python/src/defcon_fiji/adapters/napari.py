"""A dock widget for napari that counts what is shown: Plugins > DEFCoN live count."""

from __future__ import annotations

import napari
import numpy as np
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from .._live import LiveCounter
from .._results import Result
from ._count_plot import CountPlot

DENSITY = "DEFCoN density"


class CountWidget(QWidget):  # type: ignore[misc]
    """Counts the selected image layer whenever it changes, and shows its density map as a layer."""

    def __init__(self, napari_viewer: napari.viewer.Viewer, counter: LiveCounter | None = None):
        super().__init__()
        self.viewer = napari_viewer
        self.counter = counter or LiveCounter(density=True)
        self.on, self.text, self.plot = QCheckBox("Count the selected layer"), QLabel(), CountPlot()
        layout = QVBoxLayout(self)
        for part in (self.on, self.text, self.plot):
            layout.addWidget(part)
        self.sent: tuple[object, ...] = ()
        self.layer: napari.layers.Image | None = None
        self.shown: Result | None = None
        self.timer = QTimer(self, interval=50, timeout=self.refresh)
        self.timer.start()
        self.destroyed.connect(self.counter.close)

    def refresh(self) -> None:
        """Offers the frame that is shown if it is another one, and shows the newest result."""
        layer = self.viewer.layers.selection.active
        if self.on.isChecked() and isinstance(layer, napari.layers.Image) and layer.name != DENSITY:
            leading = tuple(self.viewer.dims.current_step[-layer.ndim : -2])
            frame = np.asarray(layer.data[leading])
            # Programs show a camera in one array that they fill anew, so pixels are compared.
            seen = (id(layer), leading, hash(frame.tobytes()))
            if seen != self.sent and self.counter.offer(frame):
                self.sent, self.layer = seen, layer
        newest, error = self.counter.latest(), self.counter.error
        if newest and self.layer and newest is not self.shown:
            self.shown = newest
            self.plot.add(newest.count)
            self.show_map(newest, self.layer)
        self.text.setText(str(error) if error else f"{newest.count:.1f}" if newest else "")

    def show_map(self, result: Result, counted: napari.layers.Image) -> None:
        if DENSITY in self.viewer.layers:
            self.viewer.layers[DENSITY].data = result.density
            return
        look = {"name": DENSITY, "colormap": "inferno", "blending": "additive"}
        self.viewer.add_image(result.density, scale=counted.scale[-2:], **look)
        self.viewer.layers.selection.active = counted
