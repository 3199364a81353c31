"""Frames that a network trained on usual ones must not be trusted with, and usual ones beside them.

    .oracle-venv/bin/python scripts/oracle/strange_frames.py

Writes test/data/accuracy/strange/KIND.tif. Shares no code and no constants with src/simulate or second_generator.py.
"""

from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage

FOLDER = Path(__file__).resolve().parents[2] / "test" / "data" / "accuracy" / "strange"
SIDE, FRAMES = 96, 10
GAIN, OFFSET, READ_NOISE = 2.0, 100, 1.5


def molecule(sigma):
    """One lobe, round and in focus."""
    return lambda z: [(0, 0, sigma, sigma, 1)]


def double_helix(z):
    """Two lobes, 8 pixels apart, that make half a turn over the depth."""
    angle = z * np.pi / 2
    x, y = 4 * np.cos(angle), 4 * np.sin(angle)
    return [(x, y, 1.35, 1.35, 0.5), (-x, -y, 1.35, 1.35, 0.5)]


def cylindrical_lens(z):
    """Focal lines 300 nm to either side of the middle, molecules within 500 nm of it."""
    along = 1.3 * np.hypot(1, (500 * z - 300) / 400)
    across = 1.3 * np.hypot(1, (500 * z + 300) / 400)
    return [(0, 0, along, across, 1)]


def tetrapod(z):
    """Two lobes that part along one axis above the focus, along the other below it."""
    apart = 3 + 4 * abs(z)
    x, y = (apart, 0) if z > 0 else (0, apart)
    return [(x, y, 1.6, 1.6, 0.5), (-x, -y, 1.6, 1.6, 0.5)]


def frame(random, lobes, light, background):
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    photons = np.full((SIDE, SIDE), background)
    for _ in range(random.integers(8, 24)):
        middle = random.uniform(0, SIDE, 2)
        brightness = light * random.lognormal(0, 0.25)
        for dx, dy, along, across, share in lobes(random.uniform(-1, 1)):
            distance = ((x - middle[0] - dx) / along) ** 2 + ((y - middle[1] - dy) / across) ** 2
            photons += brightness * share * np.exp(-distance / 2) / (2 * np.pi * along * across)
    electrons = random.poisson(photons) + random.normal(0, READ_NOISE, photons.shape)
    return GAIN * electrons + OFFSET


def saturated(image, light, background):
    peak = light / (2 * np.pi * 1.3**2)
    return np.minimum(image, OFFSET + GAIN * (background + 0.35 * peak))


def enlarged(image):
    return ndimage.zoom(image, 2, order=1)[:SIDE, :SIDE]


FILTERS = {
    "blurred": lambda image: ndimage.gaussian_filter(image, 1),
    "median": lambda image: ndimage.median_filter(image, 3),
    "mean": lambda image: ndimage.uniform_filter(image, 3),
    "background-removed": lambda image: np.maximum(image - ndimage.gaussian_filter(image, 12) - 5, 0),
    "enlarged": enlarged,
}


def stack(kind):
    random = np.random.default_rng(sum(kind.encode()))
    for _ in range(FRAMES):
        light, background = random.uniform(800, 3000), random.uniform(10, 60)
        if kind == "double-helix":
            image = frame(random, double_helix, 2 * light, background)
        elif kind == "cylindrical-lens":
            image = frame(random, cylindrical_lens, 1.5 * light, background)
        elif kind == "tetrapod":
            image = frame(random, tetrapod, 2 * light, background)
        elif kind == "unfocused":
            image = frame(random, molecule(random.uniform(3.2, 5)), 6 * light, background)
        else:
            image = frame(random, molecule(random.uniform(1.1, 1.5)), light, background)
            if kind == "saturated":
                image = saturated(image, light, background)
            image = FILTERS.get(kind, lambda usual: usual)(image)
        yield np.clip(np.round(image), 0, 65535).astype(np.uint16)


KINDS = ["usual", "double-helix", "cylindrical-lens", "tetrapod", "unfocused", "saturated", *FILTERS]

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in KINDS:
        tifffile.imwrite(FOLDER / f"{name}.tif", np.stack(list(stack(name))), compression="zlib", predictor=True)
        print(name)
