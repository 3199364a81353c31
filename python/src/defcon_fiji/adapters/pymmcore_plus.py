"""Counts the frames of pymmcore-plus, and makes events that depend on the counts.

>>> with FrameCounter(core) as counter:
...     core.mda.run(events(counter, 1000, lambda newest: 20 if newest is None else ...))
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy.typing as npt
from useq import MDAEvent

from .._live import LiveCounter
from .._results import Result

if TYPE_CHECKING:
    from pymmcore_plus import CMMCorePlus


class FrameCounter(LiveCounter):
    """Listens to ``frameReady`` of a core's acquisitions until it is closed.

    A result's ``id`` is the number of its frame since then, from 0. Its ``metadata`` is the index
    of the frame's event, as JSON: ``{"t": 7}``.
    """

    def __init__(self, core: CMMCorePlus, **options: Any) -> None:
        """:param options: those of :class:`LiveCounter`: ``daemon=``, ``model=``, ``pool=`` …"""
        super().__init__(**options)
        self._ready = core.mda.events.frameReady
        self._ready.connect(self._take)
        self._listens = True

    def _take(self, image: npt.NDArray[Any], event: MDAEvent, meta: Mapping[str, Any]) -> None:
        self.offer(image, metadata=json.dumps(dict(event.index)).encode())

    def close(self) -> None:
        """Stops to listen, counts what was taken, then leaves the daemon."""
        if self._listens:
            self._listens = False
            self._ready.disconnect(self._take)
        super().close()


def events(
    counter: LiveCounter, frames: int, exposure: Callable[[Result | None], float]
) -> Iterator[MDAEvent]:
    """Events of a time series; ``exposure`` gets the newest result and gives the next one's ms."""
    for t in range(frames):
        yield MDAEvent(index={"t": t}, exposure=exposure(counter.latest()))
