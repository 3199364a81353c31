"""A conversation with a daemon."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from ._errors import DefconError, error
from ._frames import image, wire_dtype
from ._options import CountOptions, StreamOptions, wire_options
from ._results import Model, Result
from ._slots import open_slots
from ._stream import Stream
from ._wire import PIXEL_TYPES, PROTOCOL_VERSION, ClientMessage, ServerMessage

if TYPE_CHECKING:
    from typing_extensions import Unpack

FRAGMENT_BYTES = 262_144
"""The daemon unmasks one fragment at a time and serves others in between."""
FRAGMENTED_ABOVE = 1_048_576
MAX_KEPT_STREAMS = 8
"""Most streams that ``count`` keeps open for frames of different sizes and types."""


class Daemon:
    """A connection to a daemon. Made by :func:`defcon_fiji.aio.connect`."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._streams: dict[int, Stream] = {}
        self._last_stream = 0
        self._expected: deque[asyncio.Future[Any]] = deque()
        self._kept: OrderedDict[tuple[Any, ...], Stream] = OrderedDict()
        self._keeping = asyncio.Lock()
        self._sending = asyncio.Lock()
        self._failure: DefconError | None = None
        self.engine = ""
        """What runs the networks: "onnxruntime"."""
        self.device = ""
        self.server_version = ""
        self.models: list[Model] = []
        """The models at the time of the connection."""
        peer = socket.remote_address
        self._is_local = bool(peer) and str(peer[0]).startswith(("127.", "::1"))
        self._reader = asyncio.create_task(self._read())

    @staticmethod
    async def greet(socket: ClientConnection, token: str, name: str) -> Daemon:
        """Says hello on a new socket. For :func:`defcon_fiji.aio.connect`."""
        daemon = Daemon(socket)
        hello = {"protocol_version": PROTOCOL_VERSION, "token": token, "client": name}
        welcome = (await daemon._ask(hello=hello)).welcome
        daemon.engine, daemon.device = welcome.engine, welcome.device
        daemon.server_version = welcome.server_version
        daemon.models = [_model(model) for model in welcome.models]
        return daemon

    async def list_models(self) -> list[Model]:
        """The daemon's models as they are now."""
        answer = await self._ask(list_models={})
        return [_model(model) for model in answer.model_list.models]

    async def count(
        self, frame: npt.ArrayLike, model: str = "", **options: Unpack[CountOptions]
    ) -> Result:
        """Counts one frame: (H, W) of real numbers.

        Pixels go out as uint8, uint16 or float32. Other types become float32, and whole numbers
        that it does not hold are refused.

        :param options: those of :class:`CountOptions`: ``density=True`` …
        :raises DefconError: INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_PIXEL_VALUE, MODEL_NOT_FOUND,
            CONNECTION_LOST and whatever the daemon refuses the frame for
        """
        array = image(frame)
        dtype = wire_dtype(array.dtype)
        kind = (model, array.shape, dtype.str, *sorted(options.items()))
        async with self._keeping:
            stream = self._kept.pop(kind, None)
            if stream is None or stream.error:
                shape = (array.shape[0], array.shape[1])
                stream = await self.open_stream(model, shape, dtype, **options)
            self._kept[kind] = stream
            if len(self._kept) > MAX_KEPT_STREAMS:
                _, oldest = self._kept.popitem(last=False)
                await oldest.close()
        return await stream.count(array)

    @asynccontextmanager
    async def stream(
        self,
        model: str = "",
        shape: tuple[int, int] = (0, 0),
        dtype: npt.DTypeLike = np.uint16,
        **options: Unpack[StreamOptions],
    ) -> AsyncIterator[Stream]:
        """Opens a stream of frames of one size and type, and closes it at the end.

        :param model: a name of ``models``, a path on the daemon's machine; empty: the default
        :param shape: (height, width), pixels
        :param dtype: of the frames that will come
        :param options: those of :class:`StreamOptions`: ``latest=True`` …
        :raises DefconError: INPUT_SIZE, INPUT_PIXEL_TYPE, MODEL_NOT_FOUND, PROTOCOL_LIMIT …
        """
        stream = await self.open_stream(model, shape, dtype, **options)
        try:
            yield stream
        finally:
            await stream.close()

    async def open_stream(
        self,
        model: str,
        shape: tuple[int, int],
        dtype: npt.DTypeLike,
        **options: Unpack[StreamOptions],
    ) -> Stream:
        """Opens a stream as :meth:`stream` does; the caller closes it."""
        sent_as = wire_dtype(dtype, "stream")
        height, width = (int(side) for side in shape)
        if height < 1 or width < 1:
            raise error("INPUT_SIZE", "stream", "a shape of height x width pixels", str(shape))
        self._last_stream += 1
        number = self._last_stream
        request = {
            "stream": number,
            "model": model or "",
            "width": width,
            "height": height,
            "pixel_type": PIXEL_TYPES[sent_as.name],
            **wire_options(options),
            "take_slots": self._is_local,
        }
        opened = (await self._ask(open_stream=request)).stream_opened
        stream = Stream(
            self._send,
            number,
            (height, width),
            sent_as,
            model=_model(opened.model),
            pool=opened.pool,
            options=options,
            credits=opened.credits,
            slots=open_slots(opened.slots) if opened.HasField("slots") else None,
        )
        self._streams[number] = stream
        if self._failure:
            stream.fail(self._failure)
        return stream

    async def close(self) -> None:
        """Ends the conversation. Frames without an answer are given up."""
        await self._socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def _ask(self, **message: Any) -> Any:
        """Sends a request that is answered in the order of the requests."""
        if self._failure:
            raise self._failure
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._expected.append(answer)
        await self._send(ClientMessage(**message))
        return await answer

    async def _send(self, message: Any) -> None:
        data = message.SerializeToString()
        fragments: Any = data
        if len(data) > FRAGMENTED_ABOVE:
            view = memoryview(data)
            fragments = [
                view[at : at + FRAGMENT_BYTES] for at in range(0, len(data), FRAGMENT_BYTES)
            ]
        try:
            # Frames leave in the order of their numbers, also beside one in fragments.
            async with self._sending:
                await self._socket.send(fragments)
        except ConnectionClosed as cause:
            raise self._failure or _lost(cause) from cause

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self._receive(ServerMessage.FromString(data))
            self._lose(_lost(None))
        except (ConnectionClosed, DecodeError, TypeError) as cause:
            self._lose(_lost(cause))
            await self._socket.close()

    def _receive(self, message: Any) -> None:
        kind = message.WhichOneof("message")
        content: Any = getattr(message, kind) if kind else None
        if kind == "error":
            refusal = DefconError(content.code, content.message, content.advice)
            if content.fatal:
                self._lose(refusal)
            elif content.stream in self._streams:
                self._of_stream(kind, content)
            elif self._expected:
                _settle(self._expected.popleft(), refusal)
        elif kind in ("welcome", "stream_opened", "model_list"):
            if self._expected:
                _settle(self._expected.popleft(), message)
        elif kind in ("result", "dropped", "credit", "stream_closed"):
            self._of_stream(kind, content)

    def _of_stream(self, kind: str, content: Any) -> None:
        stream = self._streams.get(content.stream)
        if stream:
            stream.receive(kind, content)
            if stream.ended:
                del self._streams[content.stream]

    def _lose(self, failure: DefconError) -> None:
        self._failure = self._failure or failure
        while self._expected:
            _settle(self._expected.popleft(), self._failure)
        for stream in self._streams.values():
            stream.fail(self._failure)


def _settle(answer: asyncio.Future[Any], value: Any) -> None:
    if answer.done():
        return
    if isinstance(value, DefconError):
        answer.set_exception(value)
    else:
        answer.set_result(value)


def _lost(cause: Exception | None) -> DefconError:
    return error(
        "CONNECTION_LOST",
        "the connection to the daemon",
        "it to last",
        str(cause) if cause else "its end",
        "See whether the daemon still runs, then connect again.",
    )


def _model(model: Any) -> Model:
    return Model(
        model.name, model.architecture, model.parameters, model.is_default, model.description
    )
