"""The error of this package, with the codes of docs/errors.md."""

from __future__ import annotations

from typing import Any


class DefconError(Exception):
    """What went wrong, in a sentence for a person.

    ``code`` is stable and one of docs/errors.md ("INPUT_SIZE"). ``advice`` is what to do about it;
    the message ends with it.
    """

    def __init__(self, code: str, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.advice = advice

    def __reduce__(self) -> tuple[Any, ...]:
        return DefconError, (self.code, str(self), self.advice)


def error(code: str, subject: str, expected: str, found: str, advice: str = "") -> DefconError:
    """An error that names the thing, what was expected, what was found and what to do."""
    finding = f"{subject}: expected {expected}, found {found}"
    return DefconError(code, f"{finding}. {advice}" if advice else finding, advice)


def unreachable(place: str, found: str) -> DefconError:
    """No daemon answers at a place."""
    advice = "Start it: defcon-fiji serve"
    return error("DAEMON_UNREACHABLE", place, "a running daemon", found, advice)
