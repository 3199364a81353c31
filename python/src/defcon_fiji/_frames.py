"""Frames as the daemon takes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._errors import error
from ._wire import PIXEL_TYPES

Frame = npt.NDArray[Any]
MAX_EXACT = 2**24
"""float32 holds every whole number up to this."""


def wire_dtype(dtype: npt.DTypeLike, subject: str = "frame") -> np.dtype[Any]:
    """The little-endian type that pixels of ``dtype`` are sent as.

    :raises DefconError: INPUT_PIXEL_TYPE
    """
    kind: np.dtype[Any] = np.dtype(dtype)
    if kind.name in PIXEL_TYPES:
        return np.dtype(f"<{kind.str[1:]}")
    if kind.kind in "bui" or kind.kind == "f":
        return np.dtype("<u1") if kind.kind == "b" else np.dtype("<f4")
    raise error(
        "INPUT_PIXEL_TYPE", subject, "pixels that are real numbers", str(kind), "Convert it first."
    )


def as_wire(frame: npt.ArrayLike, dtype: np.dtype[Any], shape: tuple[int, int]) -> Frame:
    """A copy of a frame in the stream's type, which the caller may change afterwards.

    :raises DefconError: INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_PIXEL_VALUE
    """
    array = image(frame)
    if array.shape != shape:
        raise error(
            "INPUT_SIZE",
            "frame",
            f"{shape[1]} x {shape[0]} pixels, as the stream was opened with",
            f"{array.shape[1]} x {array.shape[0]}",
            "Open another stream for frames of another size.",
        )
    if wire_dtype(array.dtype) != dtype:
        raise error(
            "INPUT_PIXEL_TYPE",
            "frame",
            f"{dtype.name}, as the stream was opened with",
            array.dtype.name,
            "Open another stream for frames of another type.",
        )
    if array.dtype.kind in "ui" and dtype.kind == "f" and array.size:
        largest = max(abs(int(array.min())), abs(int(array.max())))
        if largest > MAX_EXACT:
            raise error(
                "INPUT_PIXEL_VALUE",
                "frame",
                f"whole numbers up to {MAX_EXACT}, which float32 holds",
                str(largest),
                "Subtract an offset, or convert it to float32 yourself.",
            )
    return np.array(array, dtype=dtype, order="C", copy=True)


def image(frame: npt.ArrayLike) -> Frame:
    """A frame as an array of two dimensions.

    :raises DefconError: INPUT_SIZE
    """
    array = np.asarray(frame)
    if array.ndim == 2 and array.size > 0:
        return array
    advice = "Count the frames of a stack one by one." if array.ndim > 2 else ""
    found = f"an array of shape {array.shape}"
    raise error("INPUT_SIZE", "frame", "an array of height x width pixels", found, advice)
