"""What is to be done with an archive of stacks: its jobs, in order, and what came of them."""

from __future__ import annotations

import os
import re
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from .._errors import DefconError, error

MOST_ATTEMPTS = 3
"""A job whose worker died so often is given up: it may be what kills them."""
PARTS_A_WORKER = 4
"""Parts for each worker where a few stacks are divided, so that no worker waits long at the end."""


class CountingOptions(TypedDict, total=False):
    """Options of ``defcon-fiji predict``, with its defaults where left out."""

    output: str | os.PathLike[str]
    """The results' folder, which all workers and this program see (beside each stack)."""
    model: str
    """An installed model's name, or a model file."""
    density: str
    """How maps are written: "tif", "npy" or "ome-zarr"."""
    pool: int
    """Side of the max local count's square, pixels."""
    engine: str
    device: str
    channel: int
    salvage: bool
    replace_invalid: str
    force: bool
    """Earlier results are replaced."""


@dataclass(frozen=True)
class Counted:
    """A stack of which all was done. Its results have the names that ``predict`` gives them."""

    stack: str
    frames: int
    """Frames that were counted."""
    error: DefconError | None = None
    """Why it has no results."""


@dataclass
class Job:
    """One run of the program. A worker does one at a time."""

    stack: int
    shard: int | None
    """Which part is counted, from 1; None where the parts are joined."""
    attempts: int = 0
    begun: bool = False
    """Whether a worker that died had its results' place already."""


@dataclass
class _Stack:
    name: str
    frames: int = 0
    open_shards: int = 0
    error: DefconError | None = None
    done: bool = False


@dataclass
class Archive:
    """The jobs of many stacks. It knows nothing of workers, only which job is next."""

    names: Sequence[str | os.PathLike[str]]
    shards: int
    """Parts of each stack."""
    options: CountingOptions
    _stacks: list[_Stack] = field(init=False)
    _jobs: deque[Job] = field(init=False)
    _told: int = 0

    def __post_init__(self) -> None:
        output = self.options.get("output")
        self._output = None if output is None else os.path.abspath(output)
        self._stacks = [
            _Stack(os.path.abspath(name), open_shards=self.shards) for name in self.names
        ]
        self._mark = f".defcon-fiji-parts-{uuid.uuid4().hex[:12]}"
        self._check_names()
        # All parts of a stack come before the next one's, so that results come in order, early.
        self._jobs = deque(
            Job(stack, shard + 1)
            for stack in range(len(self._stacks))
            for shard in range(self.shards)
        )

    def next(self) -> Job | None:
        """The job to do next; None where all are done or under way."""
        while self._jobs:
            job = self._jobs.popleft()
            if not self._stacks[job.stack].error:
                job.attempts += 1
                return job
            self._close(job)
        return None

    def words(self, job: Job) -> list[str]:
        """What the program is called with."""
        stack = self._stacks[job.stack]
        reading = self._words("channel", "salvage", "replace_invalid")
        written = ["--as", self.options["density"]] if "density" in self.options else []
        place = [] if self._output is None else ["-o", self._output]
        # A job that is done again may find what its dead worker wrote. It is ours.
        force = ["--force"] if self.options.get("force") or job.begun else []
        if job.shard is None:
            parts = ["--shards", str(self.shards), "--parts", str(self.parts_folder(job.stack))]
            return ["join", *parts, *place, *written, *reading, *force, stack.name]
        counting = ["--json", *self._words("model", "pool", "engine", "device"), *written, *reading]
        if self.shards == 1:
            return ["predict", *counting, *place, *force, stack.name]
        part = ["--shard", f"{job.shard}/{self.shards}", "-o", str(self.parts_folder(job.stack))]
        return ["predict", *counting, *part, "--force", stack.name]

    def done(self, job: Job, frames: int, problem: DefconError | None) -> None:
        """Takes note of a job that a worker ended, well or not."""
        stack = self._stacks[job.stack]
        stack.error = stack.error or problem
        stack.frames += frames
        self._close(job)

    def lost(self, job: Job) -> None:
        """Has a job done again whose worker died, before all others."""
        if job.attempts < MOST_ATTEMPTS:
            self._jobs.appendleft(job)
            return
        stack = self._stacks[job.stack].name
        part = "its join" if job.shard is None else f"part {job.shard} of {self.shards}"
        advice = "See Ray's logs of the worker: memory may be short, or the machine was stopped."
        found = f"{MOST_ATTEMPTS} that died over {part}"
        self.done(job, 0, error("CONNECTION_LOST", stack, "a worker that counts it", found, advice))

    def in_order(self) -> Iterator[Counted]:
        """The stacks that are done and were not given out, up to the first that is not done."""
        while self._told < len(self._stacks) and self._stacks[self._told].done:
            stack = self._stacks[self._told]
            self._told += 1
            yield Counted(stack.name, 0 if stack.error else stack.frames, stack.error)

    @property
    def ended(self) -> bool:
        """Whether every stack is done."""
        return all(stack.done for stack in self._stacks)

    def parts_folder(self, stack: int) -> Path:
        """Where the parts of a stack are until they are joined, beside its results."""
        return self._parts_root(stack) / str(stack + 1)

    def parts_roots(self) -> set[Path]:
        """The folders to remove at the end."""
        return {self._parts_root(stack) for stack in range(len(self._stacks))}

    def _parts_root(self, stack: int) -> Path:
        return Path(self._output or _folder_of(self._stacks[stack].name)) / self._mark

    def _close(self, job: Job) -> None:
        stack = self._stacks[job.stack]
        if job.shard is not None:
            stack.open_shards -= 1
            if stack.open_shards > 0:
                return
            if self.shards > 1 and not stack.error:
                self._jobs.appendleft(Job(job.stack, None))
                return
        stack.done = True

    def _words(self, *names: str) -> list[str]:
        words: list[str] = []
        for name in names:
            value = self.options.get(name)
            if value is None or value is False:
                continue
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:
                is_file = name == "model" and os.path.exists(str(value))
                words.append(os.path.abspath(str(value)) if is_file else str(value))
        return words

    def _check_names(self) -> None:
        """Refuses stacks whose results would have one name, as ``predict`` does of its inputs."""
        owners: dict[tuple[str, str], str] = {}
        for stack in self._stacks:
            stem = re.sub(r"(\.ome)?\.[^.]+$", "", os.path.basename(stack.name))
            place = (self._output or _folder_of(stack.name), stem)
            if place in owners:
                raise error(
                    "INPUT_OPTION",
                    f"{owners[place]} and {stack.name}",
                    "inputs whose results have different names",
                    f"{stem}.counts.csv for both",
                    "Count them one after the other, each with its own output folder.",
                )
            owners[place] = stack.name


def _folder_of(stack: str) -> str:
    """The folder of the file that holds a stack: of FILE.h5 for FILE.h5:PATH."""
    file = re.sub(r"(?i)(\.(npz|h5|hdf5)):.*$|(\.zarr)[:/\\].*$", r"\1\3", stack)
    return os.path.dirname(file)


def parts_of_each(stacks: int, workers: int) -> int:
    """Parts of each stack where nobody says how many: one where there are many stacks."""
    if stacks >= PARTS_A_WORKER * workers or workers == 1:
        return 1
    return -(-PARTS_A_WORKER * workers // max(1, stacks))
