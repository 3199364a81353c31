"""Each next exposure follows from the newest count: short where many molecules shine."""

from demo_camera import demo_core

import defcon_fiji
from defcon_fiji import Result
from defcon_fiji.adapters.pymmcore_plus import FrameCounter, events


def exposure(newest: Result | None) -> float:
    if newest is None:
        return 20.0
    return min(50.0, max(5.0, 500 / (1 + newest.count)))


with defcon_fiji.connect() as daemon, demo_core() as core:
    with FrameCounter(core, daemon=daemon) as counter:
        core.mda.run(events(counter, 200, exposure))
    newest = counter.latest()
    print(f"{counter.offered} frames acquired, {counter.counted} counted")
    if newest:
        print(f"the last: frame {newest.id}, {newest.count:.1f} molecules, {newest.metadata!r}")
