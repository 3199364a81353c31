"""Workers on a Ray cluster, and what they do with an archive."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ray
from ray.exceptions import RayActorError, RayTaskError

from .._closing import Closing
from .._errors import error
from ._archive import Archive, Counted, CountingOptions, Job, parts_of_each
from ._worker import Ended, Frames, Place, Worker

if TYPE_CHECKING:
    from typing_extensions import Unpack

MOST_FAILED_STARTS = 3
"""So many workers that die one after the other before they do anything, and the pool gives up."""


@dataclass(frozen=True)
class Progress:
    """How far an archive is."""

    frames: int
    """Frames counted, those included that were counted by workers that died."""
    stacks_done: int
    stacks: int
    workers: int
    """Workers that have started."""
    workers_lost: int


@dataclass(eq=False)
class _Running:
    """What a worker does: it starts where there is no job."""

    actor: Any
    answers: Any
    job: Job | None
    frames: int = 0
    error: Any = None


class RayPool(Closing):
    """A number of workers on a Ray cluster. Use it with ``with``.

    Each runs ``defcon-fiji`` on its machine, which needs the program, this package, and the folders
    of stacks and results under the same names. Ray is started where it does not run;
    ``ray.init(address=...)`` before this joins a cluster.
    """

    def __init__(
        self,
        workers: int,
        *,
        cores: int = 1,
        gpus: float = 0,
        program: Sequence[str] | None = None,
    ) -> None:
        """
        :param cores: of each worker. On Linux its engine is kept to cores of its own.
        :param gpus: of each worker, by which Ray finds it a place
        :param program: the words that run the program; as :func:`defcon_fiji.connect` finds it
        """
        if workers < 1 or cores < 1:
            found = f"{workers} of {cores} cores"
            raise error("INPUT_OPTION", "workers", "one or more, of one core or more", found)
        self._own_ray = not ray.is_initialized()
        if self._own_ray:
            ray.init(log_to_driver=False, configure_logging=False)
        self._wanted, self._cores = workers, cores
        remote = ray.remote(num_cpus=cores, num_gpus=gpus, max_restarts=0)(Worker)
        self._start_actor: Callable[[], Any] = lambda: remote.remote(program)
        self._idle: list[Any] = []
        self._starting: list[_Running] = []
        self._taken: dict[Any, tuple[str, list[int]]] = {}
        self._failed_starts = 0
        self._lost = 0
        for _ in range(workers):
            self._start()

    def ready(self) -> None:
        """Waits until all workers have started. Nobody has to: work begins with the first one.

        :raises DefconError: CONNECTION_LOST where no worker can be started
        """
        running, self._starting = self._starting, []
        try:
            while running:
                self._hear(running, Archive([], 1, {}))
        finally:
            self._starting += running

    def count(
        self,
        stacks: Sequence[str | os.PathLike[str]],
        *,
        shards: int | None = None,
        progress: Callable[[Progress], None] | None = None,
        **options: Unpack[CountingOptions],
    ) -> Iterator[Counted]:
        """Counts stacks, and tells of each in their order as soon as all of it is done.

        A stack that cannot be counted comes with its error; the others are counted all the same.
        A job whose worker died is done again by another one. Where the loop over the results is
        left, what was under way is given up and leaves no files.

        :param shards: parts into which each stack is divided; where left out, one where there are
            four stacks a worker, else enough for four parts a worker
        :param progress: called in this thread with each piece of news
        :raises DefconError: INPUT_OPTION; CONNECTION_LOST where no worker can be started
        """
        if shards is not None and shards < 1:
            raise error("INPUT_OPTION", "shards", "a number of at least 1", str(shards))
        each = shards or parts_of_each(len(stacks), self._wanted)
        archive = Archive(stacks, each, options)
        return self._count(archive, progress or (lambda _: None))

    def close(self) -> None:
        """Ends the workers, and Ray where it was started here."""
        for actor in [*self._idle, *(each.actor for each in self._starting)]:
            ray.kill(actor)
        self._idle, self._starting = [], []
        if self._own_ray and ray.is_initialized():
            ray.shutdown()

    def _count(self, archive: Archive, tell: Callable[[Progress], None]) -> Iterator[Counted]:
        running = self._starting
        self._starting = []
        frames = done = 0
        try:
            while True:
                for counted in archive.in_order():
                    done += 1
                    yield counted
                if archive.ended:
                    return
                while self._idle and (job := archive.next()):
                    actor = self._idle.pop()
                    stream = actor.run.options(num_returns="streaming")
                    running.append(_Running(actor, stream.remote(archive.words(job)), job))
                if archive.ended:
                    continue
                frames += self._hear(running, archive)
                workers = sum(each.job is not None for each in running) + len(self._idle)
                tell(Progress(frames, done, len(archive.names), workers, self._lost))
        finally:
            for each in running:
                if each.job is None:
                    self._starting.append(each)
                else:
                    ray.kill(each.actor)
                    self._taken.pop(each.actor, None)
                    self._start()
            for root in archive.parts_roots():
                shutil.rmtree(root, ignore_errors=True)

    def _hear(self, running: list[_Running], archive: Archive) -> int:
        """Waits for a word of any worker. Gives the frames of which it tells."""
        ready, _ = ray.wait([each.answers for each in running], num_returns=1)
        heard = next(each for each in running if each.answers is ready[0])
        try:
            if heard.job is None:
                self._started(heard, ray.get(ready[0]))
                running.remove(heard)
                return 0
            word = ray.get(next(heard.answers))
        except RayTaskError as cause:
            if heard.job is None:
                raise
            found = str(cause).strip().splitlines()[-1]
            word = Ended(error("INTERNAL", "a worker", "the program's answer", found))
        except RayActorError as cause:
            running.remove(heard)
            self._replace(heard, cause, running)
            if heard.job is not None:
                archive.lost(heard.job)
            return 0
        if isinstance(word, Frames):
            heard.job.begun = True
            heard.frames += word.count
            return word.count
        assert isinstance(word, Ended)
        running.remove(heard)
        self._idle.append(heard.actor)
        archive.done(heard.job, heard.frames, word.error)
        return 0

    def _start(self) -> None:
        actor = self._start_actor()
        self._starting.append(_Running(actor, actor.place.remote(), None))

    def _started(self, started: _Running, place: Place) -> None:
        self._failed_starts = 0
        used = {
            core for node, cores in self._taken.values() if node == place.node for core in cores
        }
        free = [core for core in place.cores if core not in used][: self._cores]
        # Without enough free cores, workers share them all.
        if len(free) == self._cores and len(place.cores) > self._cores:
            self._taken[started.actor] = (place.node, free)
            started.actor.keep_to.remote(free)
        self._idle.append(started.actor)

    def _replace(self, lost: _Running, cause: RayActorError, running: list[_Running]) -> None:
        self._taken.pop(lost.actor, None)
        self._lost += 1
        if lost.job is None:
            self._failed_starts += 1
            if self._failed_starts >= MOST_FAILED_STARTS:
                advice = "Install defcon-fiji and defcon-fiji[ray] on every machine of the cluster."
                found = str(cause).strip().splitlines()[-1]
                raise error(
                    "CONNECTION_LOST", "Ray", "a worker that starts", found, advice
                ) from cause
        self._start()
        running.append(self._starting.pop())
