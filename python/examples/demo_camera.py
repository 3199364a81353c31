"""Micro-Manager's demo camera, which the package ``mm-test-adapters`` brings: 512 x 512, beads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mm_test_adapters
from pymmcore import CMMCore
from pymmcore_plus import CMMCorePlus

ADAPTERS = mm_test_adapters.device_adapter_path()
CONFIGURATION = str(Path(ADAPTERS) / "MMConfig_demo.cfg")


@contextmanager
def demo_core(exposure_ms: float = 10) -> Iterator[CMMCorePlus]:
    """A core with the demo camera."""
    core = CMMCorePlus(adapter_paths=[ADAPTERS])
    try:
        core.loadSystemConfiguration(CONFIGURATION)
        core.setProperty("Camera", "PixelType", "16bit")
        core.setProperty("Camera", "Mode", "Fluorescent Beads")
        core.setExposure(exposure_ms)
        yield core
    finally:
        core.unloadAllDevices()
        # A core that still tells its events while Python ends would abort the process.
        CMMCore.registerCallback(core, None)
