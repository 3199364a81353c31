"""The client for asyncio.

>>> async with defcon_fiji.aio.connect() as daemon:
...     result = await daemon.count(frame)
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ._connection import Daemon
from ._reach import reach
from ._stream import Stream

__all__ = ["Daemon", "Stream", "connect"]


@asynccontextmanager
async def connect(
    url: str | None = None,
    token: str = "",
    *,
    start: bool = True,
    name: str = "defcon-fiji python",
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[Daemon]:
    """Connects to a daemon, and leaves it at the end.

    :param url: ``wss://HOST:PORT/`` of another machine's; None: the user's own daemon
    :param token: that daemon's; only with ``url``
    :param start: start the user's daemon if none answers
    :param name: what the daemon's log calls this client
    :param ssl_context: certificates to trust instead of the system's; only with ``url``
    :raises DefconError: DAEMON_UNREACHABLE, DAEMON_START, PROTOCOL_TOKEN, PROTOCOL_VERSION
    """
    daemon = await reach(url, token, start=start, name=name, ssl_context=ssl_context)
    try:
        yield daemon
    finally:
        await daemon.close()
