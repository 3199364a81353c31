"""Finds a daemon, or starts one, and connects to it."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import time
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import WebSocketException

from . import _discovery
from ._connection import Daemon
from ._discovery import Place
from ._errors import DefconError, unreachable
from ._wire import MAX_MESSAGE_BYTES

CONNECT_SECONDS = 20.0
"""Longest time to connect: a daemon at work on a huge frame takes some seconds."""
START_SECONDS = 60.0
"""Longest time until a daemon that was started answers."""
RIVAL_SECONDS = 3.0
"""Our daemon exits if another one starts at the same moment. The other gets this long."""
POLL_SECONDS = 0.1


async def reach(
    url: str | None, token: str, *, start: bool, name: str, ssl_context: ssl.SSLContext | None
) -> Daemon:
    """Connects as :func:`aio.connect` does; the caller closes the daemon."""
    if url is not None:
        return await _connect(Place(url, token), name, ssl_context)
    try:
        daemon = await _present(name)
    except DefconError as absent:
        if not start or absent.code != "DAEMON_UNREACHABLE":
            raise
        daemon = None
    if daemon:
        return daemon
    if not start:
        raise unreachable("this user's daemon", "none that runs")
    return await _start(name)


async def _present(name: str) -> Daemon | None:
    """The user's daemon; None where no file tells of one."""
    place = await asyncio.to_thread(_discovery.find)
    return await _connect(place, name) if place else None


async def _start(name: str) -> Daemon:
    launched = await asyncio.to_thread(_discovery.launch)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if launched.process.poll() is not None:
            deadline = min(deadline, time.monotonic() + RIVAL_SECONDS)
        try:
            daemon = await _present(name)
        except DefconError as absent:
            if absent.code != "DAEMON_UNREACHABLE":
                raise
            daemon = None
        if daemon:
            return daemon
        await asyncio.sleep(POLL_SECONDS)
    raise launched.failure(START_SECONDS)


async def _connect(place: Place, name: str, ssl_context: ssl.SSLContext | None = None) -> Daemon:
    socket = await _opened(place, ssl_context)
    try:
        return await asyncio.wait_for(Daemon.greet(socket, place.token, name), CONNECT_SECONDS)
    except (asyncio.TimeoutError, TimeoutError) as cause:
        await socket.close()
        found = f"no answer within {CONNECT_SECONDS:.0f} s"
        raise unreachable(place.url, found) from cause
    except BaseException:
        await socket.close()
        raise


async def _opened(place: Place, ssl_context: ssl.SSLContext | None) -> ClientConnection:
    """A socket on which nothing was said yet."""
    secure: dict[str, Any] = {"ssl": ssl_context} if ssl_context else {}
    if place.certificate:
        secure = {"ssl": _any_certificate()}
    try:
        socket = await open_socket(
            place.url,
            compression=None,
            max_size=MAX_MESSAGE_BYTES,
            open_timeout=CONNECT_SECONDS,
            # The daemon's answer to a ping can wait for the network's work on a huge frame.
            ping_interval=None,
            proxy=None,
            **secure,
        )
    except (OSError, asyncio.TimeoutError, WebSocketException, ValueError) as cause:
        raise unreachable(place.url, str(cause) or type(cause).__name__) from cause
    if place.certificate:
        peer = socket.transport.get_extra_info("ssl_object").getpeercert(True)
        if hashlib.sha256(peer).hexdigest() != place.certificate.replace(":", "").lower():
            await socket.close()
            raise unreachable(place.url, "another certificate than that of the discovery file")
    return socket


def _any_certificate() -> ssl.SSLContext:
    """Takes every certificate. The caller compares it before it says anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
