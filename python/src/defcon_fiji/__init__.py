"""Counts single molecules in microscopy frames through a defcon-fiji daemon.

>>> import defcon_fiji
>>> with defcon_fiji.connect() as daemon:      # finds the user's daemon, or starts it
...     result = daemon.count(frame)           # (H, W) of uint8, uint16 or float32
...     print(result.count, result.max_local_count)

``defcon_fiji.aio`` offers the same to asyncio.
"""

from . import aio
from ._daemon import Daemon, Stream, connect
from ._errors import DefconError
from ._live import LiveCounter
from ._options import CountOptions, StreamOptions
from ._results import Model, Result

__all__ = [
    "CountOptions",
    "Daemon",
    "DefconError",
    "LiveCounter",
    "Model",
    "Result",
    "Stream",
    "StreamOptions",
    "aio",
    "connect",
]
