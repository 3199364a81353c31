"""Counts the stacks of a folder on Ray, and prints what the pool tells as one line of JSON.

count_archive.py SETTINGS, with JSON: stacks, output, model, workers, shards, density, kill.
With "kill", the process of one worker is killed once some of its frames are counted.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

# Ray's workers give way to all other programs; a test beside others would take very long.
os.environ["RAY_worker_niceness"] = "0"

import defcon_fiji.ray as farm

settings = json.loads(sys.argv[1])


def workers() -> dict[int, int]:
    """The runs of predict on these results, and the process of each one's worker."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
        except (OSError, ValueError):
            continue
        if b"predict" in words and any(settings["output"].encode() in word for word in words):
            found[int(entry.name)] = parent
    return found


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


killed: list[int] = []


def tell(progress: farm.Progress) -> None:
    if not settings["kill"] or killed or progress.frames == 0:
        return
    for run, worker in workers().items():
        os.kill(worker, signal.SIGKILL)
        killed.append(run)
        break


options = {"output": settings["output"], "model": settings["model"], "density": settings["density"]}
with farm.RayPool(settings["workers"], program=settings["program"]) as pool:
    told = []
    lost = 0

    def note(progress: farm.Progress) -> None:
        global lost
        lost = progress.workers_lost
        tell(progress)

    for counted in pool.count(
        settings["stacks"], shards=settings["shards"], progress=note, **options
    ):
        problem = counted.error
        told.append([counted.stack, counted.frames, problem and [problem.code, str(problem)]])
    # The program of a killed worker ends with it.
    deadline = time.monotonic() + 60
    while any(map(is_alive, killed)) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [run for run in killed if is_alive(run)]
print(json.dumps({"told": told, "lost": lost, "killed": len(killed), "left": left}))
