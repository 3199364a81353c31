"""What a daemon answers, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Model:
    """A model that the daemon can count with."""

    name: str
    architecture: str
    parameters: int
    is_default: bool
    description: str


@dataclass(frozen=True)
class Result:
    """The counts of a frame."""

    id: int
    """What the caller numbered the frame by; else the frame's number in the stream, from 0."""
    count: float
    """Molecules in the frame: the sum of its density map."""
    max_local_count: float
    """Largest sum of the map over a square of the stream's ``pool`` pixels; 0 if not wanted."""
    density: npt.NDArray[np.float32] | None = field(repr=False)
    """(H, W), molecules per pixel; None if not wanted. Read-only."""
    queue_ms: float
    """Time that the frame waited for the engine."""
    predict_ms: float
    """Time from then to the result."""
    received_ms: float
    """When the daemon had the frame: its monotonic clock, ms since its process began."""
    started_ms: float
    """When the engine began with it, by the same clock."""
    finished_ms: float
    """When the result was there, by the same clock."""
    skipped: int
    """Frames before this one that the daemon skipped for newer ones, and with ``consecutive_ids``
    those whose ids never came to it."""
    timestamp: int | None = None
    """What the caller said with the frame."""
    metadata: bytes = b""
    """What the caller said with the frame."""
    count_error: float | None = None
    """68 of 100 counts are off by at most this; None where the model does not know."""
    max_local_count_error: float | None = None
    """The same for the max local count."""
    away: float | None = None
    """Share of the count that lies away from any spot, 0 to 1."""
    unlike: str = ""
    """Why the frame is unlike those that the model was trained on; empty where it is like them."""
