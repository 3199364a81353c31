"""The messages of defcon.proto. scripts/python-descriptor.mjs makes defcon.desc from it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 268_500_992
"""Largest message that either side takes."""

_pool = descriptor_pool.DescriptorPool()
_described = files(__package__).joinpath("defcon.desc").read_bytes()
for _file in descriptor_pb2.FileDescriptorSet.FromString(_described).file:
    _pool.Add(_file)


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_pool.FindMessageTypeByName(f"defcon.{name}"))


ClientMessage = _message("ClientMessage")
ServerMessage = _message("ServerMessage")
FrameIdentity = _message("FrameIdentity")
PIXEL_TYPES: dict[str, int] = {
    name.lower(): value.number
    for name, value in _pool.FindEnumTypeByName("defcon.PixelType").values_by_name.items()
    if value.number
}
"""Numbers of the pixel types by the name of their numpy dtype."""
