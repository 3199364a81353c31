"""What may be wanted of frames: the options of ``count`` and ``stream``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class CountOptions(TypedDict, total=False):
    """Options of ``count``. Those left out are as in parentheses."""

    density: bool
    """Send the density map back (False)."""
    max_local_count: bool
    """Compute the largest count of a square (True)."""
    pool: int
    """Side of that square, pixels (the model's own)."""
    pixel_size: float
    """Side of a pixel, nm, compared with the model's training (unknown)."""
    unrelated: bool
    """Each frame's certainty is judged by itself, not with those around it (False)."""


class StreamOptions(CountOptions, total=False):
    """Options of ``stream``: those of ``count``, and what only streams have."""

    latest: bool
    """A newer frame replaces one that waits, for cameras faster than the network (False)."""
    consecutive_ids: bool
    """The ids are a camera's, which numbers frames one by one: gaps are skipped ones (False)."""


_WIRE_NAMES = {
    "density": "send_density",
    "max_local_count": "send_max_local_count",
    "pool": "pool",
    "pixel_size": "pixel_size",
    "unrelated": "unrelated",
    "latest": "latest_only",
    "consecutive_ids": "consecutive_ids",
}


def wire_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options as fields of OpenStream.

    :raises TypeError: for a name that is no option
    """
    unknown = options.keys() - _WIRE_NAMES.keys()
    if unknown:
        known = ", ".join(_WIRE_NAMES)
        raise TypeError(f"unknown option {min(unknown)!r}: expected {known}")
    chosen = {"max_local_count": True, **options}
    return {_WIRE_NAMES[name]: value for name, value in chosen.items()}
