"""Where the user's daemon is, and how to start one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._errors import DefconError, error

IDLE_EXIT_MINUTES = 10
"""A daemon that was started here ends after so long without a client."""


@dataclass(frozen=True)
class Place:
    """Where a daemon is, and what lets a client in."""

    url: str
    token: str
    certificate: str | None = None
    """SHA-256 of the only certificate to accept; None: trust certificates by their issuers."""


def home() -> Path:
    """The folder that programs of this user share."""
    return Path(os.environ.get("DEFCON_FIJI_HOME") or Path.home() / ".defcon-fiji")


def find() -> Place | None:
    """The place that the user's daemon tells; None where there is none.

    :raises DefconError: DAEMON_UNREACHABLE where the file is damaged
    """
    path = home() / "daemon.json"
    try:
        found = json.loads(path.read_text("utf-8"))
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(found["host"], found["host"])
        name = f"[{host}]" if ":" in host else host
        tls = bool(found.get("tls"))
        url = f"{'wss' if tls else 'ws'}://{name}:{int(found['port'])}/"
        return Place(url, str(found["token"]), found.get("certificate") if tls else None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        raise error(
            "DAEMON_UNREACHABLE",
            str(path),
            "the daemon's host, port and token as JSON",
            f"{type(cause).__name__}: {cause}",
            "Stop the daemon, delete this file, and start it again: defcon-fiji serve",
        ) from cause


def launch() -> Launched:
    """Starts a daemon that outlives this program.

    :raises DefconError: DAEMON_START
    """
    command = [*program(), "serve", "--idle-exit", str(IDLE_EXIT_MINUTES)]
    log = home() / "python-daemon.log"
    try:
        home().mkdir(parents=True, exist_ok=True)
        with log.open("wb") as out:
            options: dict[str, Any] = (
                {"creationflags": 0x00000208}  # DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
                if os.name == "nt"
                else {"start_new_session": True}
            )
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, **options
            )
    except OSError as cause:
        raise DefconError("DAEMON_START", f"{command[0]} could not be run: {cause}") from cause
    return Launched(process, log)


@dataclass(frozen=True)
class Launched:
    """A daemon that was started and may not answer yet."""

    process: subprocess.Popen[bytes]
    log: Path

    def failure(self, seconds: float) -> DefconError:
        """Why nothing answers."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines() or ["nothing"]
        code = self.process.poll()
        what = f"gave no answer in {seconds:.0f} s" if code is None else f"ended with code {code}"
        return DefconError(
            "DAEMON_START", f"the daemon {what}. Its last line: {lines[-1]} (log: {self.log})"
        )


def program() -> list[str]:
    """The words that run defcon-fiji: what a daemon or an installation noted, else from PATH."""
    try:
        noted = json.loads((home() / "launcher.json").read_text("utf-8"))
        words = [str(noted["node"]), str(noted["script"])]
        if all(Path(word).is_file() for word in words):
            return words
    except (OSError, ValueError, TypeError, KeyError):
        pass
    on_path = shutil.which("defcon-fiji")
    if on_path:
        return [on_path]
    advice = "Install it (npm install -g, from its folder or package), then run: defcon-fiji serve"
    raise error("DAEMON_START", "defcon-fiji", "the program on PATH", "none", advice)
