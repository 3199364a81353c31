"""What a program says of a frame, and gets back with the frame's result."""

from __future__ import annotations

from typing import Any

from ._errors import error
from ._wire import FrameIdentity

MAX_METADATA_BYTES = 1024
_ID = range(2**64)
_TIMESTAMP = range(-(2**63), 2**63)


def identity(id: int | None, timestamp: int | None, metadata: bytes) -> Any:
    """The message for it; None where nothing is said.

    :raises DefconError: INPUT_OPTION
    """
    if id is None and timestamp is None and not metadata:
        return None
    if not isinstance(metadata, (bytes, bytearray)) or len(metadata) > MAX_METADATA_BYTES:
        found = f"{len(metadata)} of type {type(metadata).__name__}"
        raise error(
            "INPUT_OPTION",
            "metadata",
            f"at most {MAX_METADATA_BYTES} bytes",
            found,
            "Keep what is longer, and give the frame an id by which to find it.",
        )
    return FrameIdentity(
        id=_whole("id", id, _ID),
        timestamp=_whole("timestamp", timestamp, _TIMESTAMP),
        metadata=bytes(metadata),
    )


def _whole(subject: str, value: Any, allowed: range) -> int | None:
    if value is None:
        return None
    # Numpy's whole numbers, which cameras' programs often have, are as good as Python's.
    whole = value.__index__() if hasattr(value, "__index__") else None
    if whole is None or whole not in allowed:
        expected = f"a whole number from {allowed[0]} to {allowed[-1]}"
        raise error("INPUT_OPTION", subject, expected, repr(value))
    return int(whole)
