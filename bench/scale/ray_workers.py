"""Measures the pool of workers on Ray, with one worker and with two, in turns.

ray_workers.py SETTINGS, with JSON: stacks, output, model, program, turns, jobs. Prints one line of
JSON: seconds of each turn by workers, and of handing out a job that does nothing.
"""

import json
import os
import sys
import time

# Ray's workers give way to all other programs, which is not what is measured.
os.environ["RAY_worker_niceness"] = "0"

import ray

from defcon_fiji.ray import RayPool

settings = json.loads(sys.argv[1])
ray.init(log_to_driver=False)


def seconds(workers: int, program: list[str], stacks: list[str], **options: object) -> float:
    """The time that the stacks take, with the workers there."""
    with RayPool(workers, program=program) as pool:
        pool.ready()
        started = time.monotonic()
        for counted in pool.count(stacks, shards=1, force=True, **options):
            if counted.error:
                raise counted.error
        return time.monotonic() - started


turns: dict[int, list[float]] = {1: [], 2: []}
for _ in range(settings["turns"]):
    for workers, taken in turns.items():
        place = {"output": settings["output"], "model": settings["model"]}
        taken.append(seconds(workers, settings["program"], settings["stacks"], **place))
nothing = [f"none_{i}.tif" for i in range(settings["jobs"])]
print(
    json.dumps(
        {"one": turns[1], "two": turns[2], "job": seconds(1, ["true"], nothing) / len(nothing)}
    )
)
