"""A pycro-manager acquisition whose images carry the newest count in their metadata."""

from demo_camera import ADAPTERS, CONFIGURATION
from pycromanager import (
    Acquisition,
    Core,
    multi_d_acquisition_events,
    start_headless,
    stop_headless,
)

import defcon_fiji
from defcon_fiji.adapters.pycromanager import ImageCounter

start_headless(ADAPTERS, config_file=CONFIGURATION, python_backend=True)
try:
    Core().set_property("Camera", "Mode", "Fluorescent Beads")
    Core().set_exposure(10)
    with defcon_fiji.connect() as daemon, ImageCounter(daemon) as counter:
        with Acquisition(image_process_fn=counter) as acquisition:
            acquisition.acquire(multi_d_acquisition_events(num_time_points=200))
    last = acquisition.get_dataset().read_metadata(time=199)
    print(f"{counter.offered} images acquired, {counter.counted} counted")
    print({name: value for name, value in last.items() if name.startswith("DEFCoN")})
finally:
    stop_headless()
