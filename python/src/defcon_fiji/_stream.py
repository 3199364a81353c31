"""Frames of one size and type on their way to one model."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ._errors import DefconError
from ._frames import Frame, as_wire
from ._identity import identity
from ._options import StreamOptions
from ._results import Model, Result
from ._slots import Slots
from ._wire import ClientMessage

MAX_KEPT_RESULTS = 4096
"""Most results that wait for a reader of ``results``; older ones are forgotten."""
MAX_KEPT_BYTES = 268_435_456
"""Most bytes of density maps that these have, but for a single map."""


class Stream:
    """A stream of frames. Made by :meth:`Daemon.stream`."""

    def __init__(
        self,
        send: Callable[[Any], Awaitable[None]],
        number: int,
        shape: tuple[int, int],
        dtype: np.dtype[Any],
        *,
        model: Model,
        pool: int,
        options: StreamOptions,
        credits: int,
        slots: Slots | None,
    ) -> None:
        self._send = send
        self._number = number
        self.shape = shape
        """(height, width), pixels."""
        self.dtype = dtype
        """What pixels are sent as."""
        self.model = model
        """The model in use."""
        self.pool = pool
        """Side of the max local count's square, pixels."""
        self.offered = 0
        """Frames that were given."""
        self._replaced = 0
        self.counted = 0
        """Frames that were counted."""
        self.error: DefconError | None = None
        """What ended the stream before its time."""
        self.ended = False
        self._density = options.get("density", False)
        self._consecutive = options.get("consecutive_ids", False)
        self._credits = credits
        self._slots = slots
        self._sequence = 0
        self._answers: dict[int, asyncio.Future[Result]] = {}
        self._offer: tuple[Frame, Any] | None = None
        self._sender: asyncio.Task[None] | None = None
        self._newest: Result | None = None
        fitting = MAX_KEPT_BYTES // (4 * shape[0] * shape[1]) if self._density else MAX_KEPT_RESULTS
        kept = min(MAX_KEPT_RESULTS, max(1, fitting))
        self._results: deque[Result | DefconError] = deque(maxlen=kept)
        self._change = asyncio.Event()

    @property
    def skipped(self) -> int:
        """Frames that were not counted because newer ones came.

        With ``consecutive_ids`` it is the newest result's ``skipped``, which has the camera's too.
        """
        return self.skipped_with(0)

    def skipped_with(self, replaced: int) -> int:
        """The same, with frames that were replaced before they were given to this stream."""
        if self._consecutive:
            return self._newest.skipped if self._newest else 0
        return self._replaced + replaced

    async def count(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> Result:
        """Sends a frame and waits for its result. Several may wait at a time.

        What is said of the frame comes back with the result, bit by bit.

        :param id: such as the camera's number of the frame: 0 to 2**64 - 1
        :param timestamp: of the caller's own clock, in its own unit: -2**63 to 2**63 - 1
        :param metadata: up to 1024 bytes of any kind
        :raises DefconError: what the frame is refused for; CANCELLED if a newer frame replaced it
        """
        said = identity(id, timestamp, metadata)
        pixels = as_wire(frame, self.dtype, self.shape)
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        await self._submit(pixels, said, answer)
        return await answer

    async def send(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> None:
        """Sends a frame; waits while the daemon takes no more. :meth:`results` has its result."""
        said = identity(id, timestamp, metadata)
        await self._submit(as_wire(frame, self.dtype, self.shape), said)

    def offer(
        self,
        frame: npt.ArrayLike,
        id: int | None = None,
        timestamp: int | None = None,
        metadata: bytes = b"",
    ) -> bool:
        """Leaves a copy of a frame to be sent, in place of one that was not sent yet. Never waits.

        :returns: False where the stream has ended: see ``error``
        :raises DefconError: INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_PIXEL_VALUE, INPUT_OPTION
        """
        said = identity(id, timestamp, metadata)
        return self.offer_copy(as_wire(frame, self.dtype, self.shape), said)

    def offer_copy(self, pixels: Frame, said: Any) -> bool:
        """The same for pixels that are the stream's own already.

        :param said: the frame's FrameIdentity or None
        """
        self.offered += 1
        if self.error or self.ended:
            return False
        if self._offer:
            self._replaced += 1
        self._offer = (pixels, said)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.get_running_loop().create_task(self._send_offers())
        return True

    def latest(self) -> Result | None:
        """The newest result; None before the first. Never waits."""
        return self._newest

    async def results(self) -> AsyncIterator[Result]:
        """The results of frames that were sent or offered, in order, until the stream is closed.

        :raises DefconError: what ended the stream, or what a frame was refused for
        """
        while True:
            if self._results:
                answer = self._results.popleft()
                if isinstance(answer, DefconError):
                    raise answer
                yield answer
            elif self.error:
                raise self.error
            elif self.ended:
                return
            else:
                await self._changed()

    async def close(self) -> None:
        """Closes the stream once the frames sent are answered. It may have ended before."""
        while self._offer and not self.error:
            await self._changed()
        if not self.ended and not self.error:
            await self._send(ClientMessage(close_stream={"stream": self._number}))
        while not self.ended and not self.error:
            await self._changed()

    async def _send_offers(self) -> None:
        try:
            while self._offer and not self.error:
                while self._credits == 0 and not self.error and not self.ended:
                    await self._changed()
                if not self._offer or self.error or self.ended:
                    return
                pixels, said = self._offer
                self._offer = None
                await self._transmit(pixels, said, None)
        except DefconError as failure:
            self.fail(failure)
        finally:
            self._notify()

    async def _submit(
        self, pixels: Frame, said: Any, answer: asyncio.Future[Result] | None = None
    ) -> None:
        self.offered += 1
        while self._credits == 0 and not self.error and not self.ended:
            await self._changed()
        await self._transmit(pixels, said, answer)

    async def _transmit(
        self, pixels: Frame, said: Any, answer: asyncio.Future[Result] | None
    ) -> None:
        if self.error:
            raise self.error
        if self.ended:
            raise DefconError("PROTOCOL_STREAM", "the stream is closed")
        sequence = self._sequence
        self._sequence += 1
        self._credits -= 1
        if answer:
            self._answers[sequence] = answer
        slot = self._slots.write(sequence, pixels) if self._slots else None
        where = {"pixels": pixels.tobytes()} if slot is None else {"slot": slot}
        frame = {"stream": self._number, "sequence": sequence, "identity": said, **where}
        await self._send(ClientMessage(frame=frame))

    def receive(self, kind: str, content: Any) -> None:
        """Takes a message about this stream from the connection."""
        if kind == "credit":
            self._credits += content.credits
        elif kind == "result":
            self._receive_result(content)
        elif kind == "dropped":
            self._replaced += 1
            self._free(content.sequence)
            self._settle(content.sequence, None)
        elif kind == "error":
            failure = DefconError(content.code, content.message, content.advice)
            if content.about_frame:
                self._free(content.sequence)
                self._settle(content.sequence, failure)
            else:
                self.fail(failure)
        elif kind == "stream_closed":
            self.ended = True
            self._close_slots()
        self._notify()

    def _receive_result(self, content: Any) -> None:
        density = None
        if content.density_in_slot:
            if self._slots:
                density = self._slots.read_density(content.sequence, self.shape)
            if density is None:
                found = "the daemon's file of maps was changed by another program"
                self.fail(DefconError("PROTOCOL_STREAM", found))
                return
        elif self._density:
            density = np.frombuffer(content.density, "<f4").reshape(self.shape)
        self._free(content.sequence)
        self.counted += 1
        self._newest = self._result(content, density)
        self._settle(content.sequence, self._newest)

    def _free(self, sequence: int) -> None:
        if self._slots:
            self._slots.free(sequence)

    def _close_slots(self) -> None:
        if self._slots:
            self._slots.close()

    def fail(self, failure: DefconError) -> None:
        """Ends the stream with an error for everyone who waits on it."""
        self.error = self.error or failure
        self._close_slots()
        for sequence in list(self._answers):
            self._settle(sequence, self.error)
        self._notify()

    def _settle(self, sequence: int, outcome: Result | DefconError | None) -> None:
        """Gives an outcome to whoever waits for that frame; None: a newer frame replaced it."""
        answer = self._answers.pop(sequence, None)
        if answer is None:
            if outcome is not None:
                self._results.append(outcome)
        elif answer.done():
            pass
        elif isinstance(outcome, Result):
            answer.set_result(outcome)
        else:
            replaced = DefconError("CANCELLED", "a newer frame replaced this one")
            answer.set_exception(outcome or replaced)

    def _result(self, content: Any, density: Frame | None) -> Result:
        said = content.identity
        known = content.HasField("certainty")
        certainty = content.certainty
        local = known and certainty.HasField("max_local_count_error")
        return Result(
            id=said.id if said.HasField("id") else content.sequence,
            count=content.count,
            max_local_count=content.max_local_count,
            density=density,
            queue_ms=content.queue_ms,
            predict_ms=content.predict_ms,
            received_ms=content.received_ms,
            started_ms=content.started_ms,
            finished_ms=content.finished_ms,
            skipped=content.skipped,
            timestamp=said.timestamp if said.HasField("timestamp") else None,
            metadata=said.metadata,
            count_error=certainty.count_error if known else None,
            max_local_count_error=certainty.max_local_count_error if local else None,
            away=certainty.away if known else None,
            unlike=certainty.unlike if known else "",
        )

    async def _changed(self) -> None:
        await self._change.wait()

    def _notify(self) -> None:
        change, self._change = self._change, asyncio.Event()
        change.set()
