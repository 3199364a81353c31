"""A file of the daemon through which frames and their maps go, slot by slot, without the socket."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Any

import numpy as np

from ._frames import Frame

NAME = ".defcon-fiji-slots."
"""Begins the name of each such file. No other file is opened for a daemon."""


class Slots:
    """The client's side of a stream's slots. Made by :func:`open_slots`."""

    def __init__(self, file: int, layout: Any) -> None:
        self._file = file
        self._slot_bytes = int(layout.slot_bytes)
        self._density_offset = int(layout.density_offset)
        # The last is next: few are used again and again.
        self._unused = list(range(layout.count))[::-1]
        self._used: dict[int, int] = {}

    def write(self, sequence: int, pixels: Frame) -> int | None:
        """Puts a frame into a slot, which it has until :meth:`free`.

        :returns: the slot; None where the frame must go in a message
        """
        if not self._unused:
            return None
        slot = self._unused.pop()
        if not _transfer(os.pwrite, self._file, pixels.data.cast("B"), self._begin(slot)):
            self._unused.append(slot)
            return None
        self._used[sequence] = slot
        return slot

    def read_density(self, sequence: int, shape: tuple[int, int]) -> Frame | None:
        """The map of a frame; None where it is not there as a whole."""
        slot = self._used.get(sequence)
        if slot is None:
            return None
        density = np.empty(shape, "<f4")
        at = self._begin(slot) + self._density_offset
        bytes_ = density.data.cast("B")
        return density if _transfer(_read, self._file, bytes_, at) else None

    def free(self, sequence: int) -> None:
        """Tells that a frame has its answer."""
        slot = self._used.pop(sequence, None)
        if slot is not None:
            self._unused.append(slot)

    def close(self) -> None:
        """Gives the file up. Frames go in messages from now on."""
        self._unused, self._used = [], {}
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _begin(self, slot: int) -> int:
        return (slot + 1) * self._slot_bytes


def open_slots(offered: Any) -> Slots | None:
    """Opens the file that a daemon offers; None where it is not there or is another file."""
    # Windows has no reads and writes at a place.
    if not hasattr(os, "preadv") or not os.path.basename(offered.path).startswith(NAME):
        return None
    try:
        # A pipe in its place must not block.
        file = os.open(offered.path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        found = (
            os.pread(file, len(offered.check), 0) if stat.S_ISREG(os.fstat(file).st_mode) else b""
        )
        if found and found == offered.check:
            return Slots(file, offered)
    os.close(file)
    return None


def _read(file: int, target: memoryview, at: int) -> int:
    return os.preadv(file, [target], at)


def _transfer(call: Any, file: int, data: memoryview, position: int) -> bool:
    """Reads or writes all bytes; False where that is not possible."""
    at = 0
    try:
        while at < len(data):
            count = call(file, data[at:], position + at)
            if count == 0:
                return False
            at += count
    except OSError:
        return False
    return True
