"""Counts a camera's newest frames, whatever their size, for programs that cannot wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ._closing import Closing
from ._daemon import Daemon, Stream, connect
from ._errors import DefconError
from ._results import Result

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import CountOptions

LOST = ("CONNECTION_LOST", "DAEMON_UNREACHABLE")
"""Codes of errors after which it is tried again with the next frame."""
Kind = tuple[tuple[int, ...], np.dtype[np.generic]]


class LiveCounter(Closing):
    """Counts the newest of the frames that it is offered; never waits and never raises.

    A thread connects and opens the stream when the first frame of a size and type comes, and again
    where the daemon was lost. Frames that come meanwhile are skipped.
    """

    def __init__(
        self, daemon: Daemon | None = None, model: str = "", **options: Unpack[CountOptions]
    ) -> None:
        """
        :param daemon: None: the user's own, found or started with the first frame
        :param options: those of :class:`CountOptions`
        """
        self.offered = 0
        """Frames that were given."""
        self.error: DefconError | None = None
        """Why the newest frame that was refused is not counted."""
        self._daemon = daemon
        self._own = daemon is None
        self._model = model
        self._options = options
        self._lock = threading.Lock()
        self._kind: Kind | None = None
        self._stream: Stream | None = None
        self._opening: threading.Thread | None = None
        self._newest: Result | None = None
        self._counted = 0
        self._closed = False

    def offer(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> bool:
        """Leaves a copy of a frame to be counted, in place of one that waits.

        :param id: None: the number of frames offered before
        :returns: whether it was taken; ``error`` may say why not
        """
        array = np.asarray(frame)
        kind = (array.shape, array.dtype)
        with self._lock:
            number = self.offered if id is None else id
            self.offered += 1
            if self._closed:
                return False
            idle = self._opening is None or not self._opening.is_alive()
            lost = self._stream is not None and self._stream.error is not None
            if (kind != self._kind or lost) and idle:
                self._opening = threading.Thread(target=self._open, args=(kind,), daemon=True)
                self._opening.start()
            stream = self._stream if kind == self._kind and not lost else None
        if stream is None:
            return False
        try:
            taken = stream.offer(array, number, timestamp, metadata)
            self.error = stream.error
            return taken
        except DefconError as refused:
            self.error = refused
            return False

    def latest(self) -> Result | None:
        """The newest result; None before the first."""
        stream = self._stream
        return (stream.latest() if stream else None) or self._newest

    @property
    def counted(self) -> int:
        """Frames that were counted."""
        stream = self._stream
        return self._counted + (stream.counted if stream else 0)

    def close(self) -> None:
        """Counts what was taken, then leaves the daemon."""
        with self._lock:
            self._closed = True
        if self._opening:
            self._opening.join()
        self._leave()
        self._leave_daemon()

    def _open(self, kind: Kind) -> None:
        failed = False
        self._leave()
        try:
            if self._daemon is None:
                self._daemon = connect()
            if len(kind[0]) != 2:
                found = f"an array of shape {kind[0]}"
                raise DefconError("INPUT_SIZE", f"frame: expected height x width, found {found}")
            shape = (kind[0][0], kind[0][1])
            stream = self._daemon.stream(self._model, shape, kind[1], latest=True, **self._options)
        except DefconError as refused:
            self.error = refused
            stream = None
            if refused.code in LOST:
                self._leave_daemon()
                failed = True
        with self._lock:
            self._kind, self._stream = None if failed else kind, stream

    def _leave_daemon(self) -> None:
        if self._own and self._daemon:
            self._daemon.close()
            self._daemon = None

    def _leave(self) -> None:
        """Closes the stream, and keeps its newest result."""
        stream = self._stream
        if stream is None:
            return
        try:
            stream.close()
        except DefconError as lost:
            self.error = lost
        self._newest = stream.latest() or self._newest
        self._counted += stream.counted
        self._stream = None
