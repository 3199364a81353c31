"""The demo camera live in napari, with its counts beside it."""

import napari
from demo_camera import demo_core
from qtpy.QtCore import QTimer

with demo_core() as core:
    viewer = napari.Viewer()
    layer = viewer.add_image(core.snap(), name="camera")
    viewer.window.add_plugin_dock_widget("defcon-fiji", "DEFCoN live count")

    def show() -> None:
        if core.getRemainingImageCount() > 0:
            layer.data = core.getLastImage()

    timer = QTimer(interval=50, timeout=show)
    core.startContinuousSequenceAcquisition()
    timer.start()
    napari.run()
    timer.stop()
    core.stopSequenceAcquisition()
