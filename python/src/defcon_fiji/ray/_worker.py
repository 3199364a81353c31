"""The actor that runs the program on one machine of the cluster."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ray

from .._discovery import program
from .._errors import DefconError

TELL_SECONDS = 1.0
"""Progress is told no more often: a thousand workers tell one program."""
_ERROR_LINE = re.compile(r"^defcon-fiji: (.*) \[([A-Z0-9_]+)\]$")


@dataclass(frozen=True)
class Place:
    """Where a worker runs."""

    node: str
    cores: tuple[int, ...]
    """The cores of that machine that it may use; none where the system does not tell."""


@dataclass(frozen=True)
class Frames:
    """So many frames were counted since the last word."""

    count: int


@dataclass(frozen=True)
class Ended:
    """The program ended: well, or with this error."""

    error: DefconError | None


class Worker:
    """Runs the program, one job at a time, on cores of its own if it is told which."""

    def __init__(self, words: Sequence[str] | None) -> None:
        self._program = list(words or program())

    def place(self) -> Place:
        cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()
        return Place(ray.get_runtime_context().get_node_id(), tuple(sorted(cores)))

    def keep_to(self, cores: Sequence[int]) -> None:
        """Engines that share all cores slow one another down."""
        os.sched_setaffinity(0, cores)

    def run(self, words: Sequence[str]) -> Iterator[Frames | Ended]:
        """Runs the program to its end. It does not outlive this process: its output is lost."""
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(
                [*self._program, *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            ) as process,
        ):
            assert process.stdout
            frames, told = 0, 0.0
            for line in process.stdout:
                if words[0] != "predict" or not line.startswith(b"{"):
                    continue
                frames += 1
                if time.monotonic() - told >= TELL_SECONDS:
                    yield Frames(frames)
                    frames, told = 0, time.monotonic()
            code = process.wait()
            if frames:
                yield Frames(frames)
            said.seek(0)
            yield Ended(None if code == 0 else _error(words, code, said.read()))


def _error(words: Sequence[str], code: int, said: bytes) -> DefconError:
    lines = said.decode("utf-8", "replace").strip().splitlines() or ["nothing was said"]
    for line in reversed(lines):
        found = _ERROR_LINE.match(line)
        if found:
            return DefconError(found[2], found[1])
    return DefconError("INTERNAL", f"{words[0]} {words[-1]} ended with code {code}: {lines[-1]}")


_PR_SET_PDEATHSIG = 1
_system = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Linux ends the program at once where its worker was killed, before it writes another byte."""
    if _system:
        _system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
