"""The client for programs without asyncio: the same conversation on a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from . import _connection, _stream
from ._closing import Closing
from ._errors import DefconError
from ._frames import Frame, as_wire
from ._identity import identity
from ._reach import reach
from ._results import Model, Result

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._options import CountOptions, StreamOptions

T = TypeVar("T")
AHEAD = 8
"""Frames that ``count_stack`` has under way, so that the network never waits for the next one."""


class _Loop:
    """An event loop on a thread that ends with the program."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="defcon-fiji", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for work on the loop. Ctrl-C cancels it."""
        if not self.loop.is_running():
            work.close()
            raise DefconError("CONNECTION_LOST", "the connection to the daemon was closed")
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("this call would wait for itself; use defcon_fiji.aio")
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Daemon(Closing):
    """A connection to a daemon. Made by :func:`connect`. Any thread may use it."""

    def __init__(self, loop: _Loop, daemon: _connection.Daemon) -> None:
        self._loop = loop
        self._daemon = daemon
        self._open = True

    @property
    def models(self) -> list[Model]:
        """The models at the time of the connection."""
        return self._daemon.models

    @property
    def engine(self) -> str:
        """What runs the networks: "onnxruntime"."""
        return self._daemon.engine

    @property
    def device(self) -> str:
        """What they run on: "cpu"."""
        return self._daemon.device

    @property
    def server_version(self) -> str:
        """The daemon's version."""
        return self._daemon.server_version

    def list_models(self) -> list[Model]:
        """The daemon's models as they are now."""
        return self._loop.run(self._daemon.list_models())

    def count(
        self, frame: npt.ArrayLike, model: str = "", **options: Unpack[CountOptions]
    ) -> Result:
        """Counts one frame. :meth:`aio.Daemon.count` tells the arguments and errors."""
        return self._loop.run(self._daemon.count(frame, model, **options))

    def stream(
        self,
        model: str = "",
        shape: tuple[int, int] = (0, 0),
        dtype: npt.DTypeLike = np.uint16,
        **options: Unpack[StreamOptions],
    ) -> Stream:
        """Opens a stream; use it with ``with``. :meth:`aio.Daemon.stream` tells the arguments."""
        opened = self._loop.run(self._daemon.open_stream(model, shape, dtype, **options))
        return Stream(self._loop, opened)

    def close(self) -> None:
        """Ends the conversation. Frames without an answer are given up."""
        if self._open:
            self._open = False
            try:
                self._loop.run(self._daemon.close())
            finally:
                self._loop.stop()


class Stream(Closing):
    """A stream of frames of one size and type. Made by :meth:`Daemon.stream`."""

    def __init__(self, loop: _Loop, stream: _stream.Stream) -> None:
        self._loop = loop
        self._stream = stream
        self._slot: tuple[Frame, Any] | None = None
        self._lock = threading.Lock()
        self._replaced = 0

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width), pixels."""
        return self._stream.shape

    @property
    def model(self) -> Model:
        """The model in use."""
        return self._stream.model

    @property
    def pool(self) -> int:
        """Side of the max local count's square, pixels."""
        return self._stream.pool

    @property
    def skipped(self) -> int:
        """Frames that were not counted because newer ones came.

        With ``consecutive_ids`` it is the newest result's ``skipped``, which has the camera's too.
        """
        return self._stream.skipped_with(self._replaced)

    @property
    def counted(self) -> int:
        """Frames that were counted."""
        return self._stream.counted

    @property
    def error(self) -> DefconError | None:
        """What ended the stream before its time."""
        return self._stream.error

    def count(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> Result:
        """Sends a frame and waits for its result. :meth:`aio.Stream.count` tells more."""
        return self._loop.run(self._stream.count(frame, id, timestamp, metadata))

    def count_stack(self, frames: Iterable[npt.ArrayLike]) -> Iterator[Result]:
        """The results of many frames in order; some frames are sent ahead."""
        running: list[Any] = []
        try:
            for frame in frames:
                work = self._stream.count(frame)
                running.append(asyncio.run_coroutine_threadsafe(work, self._loop.loop))
                if len(running) >= AHEAD:
                    yield running.pop(0).result()
            while running:
                yield running.pop(0).result()
        finally:
            for each in running:
                each.cancel()

    def offer(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> bool:
        """Leaves a copy of a frame to be counted, in place of one that waits. Never waits.

        A camera's callback may call it at any rate, from any thread.
        :meth:`aio.Stream.count` tells what may be said of a frame.

        :returns: False where the stream has ended: see ``error``
        :raises DefconError: INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_PIXEL_VALUE, INPUT_OPTION
        """
        said = identity(id, timestamp, metadata)
        pixels = as_wire(frame, self._stream.dtype, self._stream.shape)
        if self._stream.error or self._stream.ended or not self._loop.loop.is_running():
            return False
        with self._lock:
            wake = self._slot is None
            if not wake:
                self._replaced += 1
            self._slot = (pixels, said)
        if wake:
            try:
                self._loop.loop.call_soon_threadsafe(self._take)
            except RuntimeError:
                return False
        return True

    def _take(self) -> None:
        with self._lock:
            slot, self._slot = self._slot, None
        if slot:
            self._stream.offer_copy(*slot)

    def latest(self) -> Result | None:
        """The newest result; None before the first. Never waits."""
        return self._stream.latest()

    def results(self) -> Iterator[Result]:
        """The results of offered frames, in order, until the stream is closed.

        :raises DefconError: what ended the stream, or what a frame was refused for
        """
        source = self._stream.results()
        while (result := self._loop.run(_next(source))) is not None:
            yield result

    def close(self) -> None:
        """Closes the stream once the frames sent are answered."""
        self._loop.run(self._stream.close())


async def _next(source: AsyncIterator[Result]) -> Result | None:
    return await anext(source, None)


def connect(
    url: str | None = None,
    token: str = "",
    *,
    start: bool = True,
    name: str = "defcon-fiji python",
    ssl_context: ssl.SSLContext | None = None,
) -> Daemon:
    """Connects to a daemon; use it with ``with``. :func:`aio.connect` tells the arguments."""
    loop = _Loop()
    try:
        arguments = {"start": start, "name": name, "ssl_context": ssl_context}
        return Daemon(loop, loop.run(reach(url, token, **arguments)))  # type: ignore[arg-type]
    except BaseException:
        loop.stop()
        raise
