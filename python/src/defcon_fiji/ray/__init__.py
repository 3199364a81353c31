"""Counts stacks on a Ray cluster: many machines, cores or GPUs. Needs ``defcon-fiji[ray]``.

>>> from defcon_fiji.ray import RayPool
>>> with RayPool(workers=8) as pool:
...     for counted in pool.count(["run_1.tif", "run_2.tif"], output="results"):
...         print(counted.stack, counted.frames, counted.error or "")

The files are those of one ``defcon-fiji predict`` on one machine, byte for byte.
"""

from ._archive import Counted, CountingOptions
from ._pool import Progress, RayPool

__all__ = ["Counted", "CountingOptions", "Progress", "RayPool"]
