"""Counts the images of a pycro-manager acquisition, and writes the counts into their metadata.

>>> from defcon_fiji.adapters.pycromanager import ImageCounter
>>> with ImageCounter() as counter, Acquisition(..., image_process_fn=counter) as acquisition:
...     acquisition.acquire(events)
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from .._live import LiveCounter

PREFIX = "DEFCoN-"


class ImageCounter(LiveCounter):
    """An ``image_process_fn``: passes each image on at once, with the newest count there is.

    The count is of an earlier image: ``DEFCoN-frame`` says which one, counted from 0 in the order
    of the images, and ``DEFCoN-axes`` where it lies in the acquisition.
    """

    def __call__(
        self, image: npt.NDArray[Any], metadata: dict[str, Any]
    ) -> tuple[npt.NDArray[Any], dict[str, Any]]:
        # A camera's buffer may be used again for the next image: offer copies it.
        axes = json.dumps(metadata.get("Axes", {}), default=str).encode()
        self.offer(np.asarray(image), metadata=axes if len(axes) <= 1024 else b"")
        newest = self.latest()
        if newest:
            metadata[PREFIX + "count"] = newest.count
            metadata[PREFIX + "maxLocalCount"] = newest.max_local_count
            metadata[PREFIX + "countError"] = newest.count_error
            metadata[PREFIX + "frame"] = newest.id
            metadata[PREFIX + "axes"] = json.loads(newest.metadata or b"{}")
        return image, metadata
