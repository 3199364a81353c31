"""second_generator.py [--out FOLDER] [--seed N] [--frames N] [--side N]: frames of single molecules from a second, independent simulator.

The product trains its networks on frames of its own simulator. A benchmark on that simulator alone cannot tell what the network learned about
molecules from what it learned about the simulator. This script makes frames in another way, for benchmarks only. Training never sees them. The script
shares no code, no constants and no models with the product's simulator. It needs numpy, scipy and tifffile.

Each condition gives NAME.tif (uint16, deflate, one page a frame, pixel size in the resolution tags) and NAME.csv (the truth). conditions.json tells
the parameters, the drawn aberrations and the camera's figures. The same seed gives the same bytes with the same versions of the packages.
--frames and --side replace each condition's own number and size of frames.

Image of a molecule (Goodman, Introduction to Fourier Optics; Hanser et al. 2004, J. Microsc. 216:32)
    The model is scalar. The pupil holds the frequencies f with |f| <= NA / wavelength. Its amplitude is (1 - (wavelength |f| / n)^2)^(-1/4), the
    aplanatic factor of an emitter. Its phase is 2 pi times
        x fx + y fy                                       the molecule's place: no image is ever interpolated
      + (z - focus) sqrt((n / wavelength)^2 - |f|^2)      defocus by the molecule's depth z, exact for high angles
      + sum_j c_j Z_j(f)                                  Noll's Zernike terms 5 to 8 and 11 (Noll 1976, JOSA 66:207), c_j in waves rms
    The c_j are drawn once per condition: astigmatism (2), coma (2), spherical. sqrt(sum_j c_j^2) is the condition's `aberration`. The field is the
    pupil's Fourier transform on SUB x SUB points per pixel. It is computed as two matrix products (Soummer et al. 2007, Opt. Express 15:15935), which
    equal the FFT on a padded pupil. The image h is |field|^2 summed over each pixel. Parseval's theorem scales it, so that h sums to 1 over the whole
    plane. The window holds about 96 % of it. The faint rings beyond are left out.

Molecules
    A part of the molecules lies evenly, the others in clusters (Thomas process: centres evenly, members normally distributed about them).
    Depths are even over +- depth. A molecule does not move.

Photophysics (van de Linde & Sauer 2014, Chem. Soc. Rev. 43:1076)
    Each molecule is a Markov chain in continuous time, started in its stationary state: short dark <-> on <-> long dark. Its light in a frame is
    brightness x illumination x the part of the frame it is on. Brightness is exponential or log-normal over molecules, with the condition's mean.
    `density` is the mean number of molecules per square micrometre that are on in some part of a frame. Their part of all molecules is
        pi_on + pi_short (1 - exp(-k_short)) + pi_long (1 - exp(-k_long)),    k = rates per frame of leaving the dark states.

Background
    mean x illumination x fade x (1 + fractal + filaments + blobs + cell). Fractal noise has the power spectrum 1/|f|^beta. Filaments are smooth
    random walks, blurred. Blobs are wide normal spots. The cell is a blurred region with a rough edge. None of them holds molecules. The
    illumination is a normal beam off the centre, 1 at its peak. It dims molecules too. The fade is a few per cent over the movie.

Cameras (numbers are plausible ones, of no certain product)
    sCMOS   Each pixel has its own gain, offset and read variance. The variance has a heavy tail: log-normal, and some pixels hot. Each row of each
            frame has an offset in common. (Huang et al. 2013, Nat. Methods 10:653)
    EMCCD   Each electron passes a register of 536 stages. At each stage each electron frees another one with the probability G^(1/536) - 1: a cascade
            of binomials (Basden et al. 2003, MNRAS 345:985; Hirsch et al. 2013, PLoS ONE 8:e53671). Clock-induced charge arises on the chip
            and along the register. 14 bits.
    CMOS    An industrial 12-bit camera: equal noise in all pixels, column offsets, coarse steps.

Truth
    One row per molecule and frame, if the molecule gives at least a 50th of the mean full-frame light and its centre is within 3 pixels of the frame:
        frame     1 for the first
        id        the same in all frames of a condition, 1 for the first
        x, y      pixels; (0, 0) is the outer corner of the first pixel, (0.5, 0.5) its centre
        z         nm, 0 is the nominal focus
        photons   p, expected from it in this frame at the camera, over the whole image
        snr       QE p / sqrt(A V), its matched-filter SNR at its own depth and place
        counts    1 if its centre is in the frame, p >= photons / 10 and snr >= 8; otherwise 0
    `photons` is the condition's mean of the light of a molecule that is on for a whole frame at the illumination's peak. A = 1 / sum(h^2) is the
    area of the image for noise. It is 4 pi sigma^2 for a normal image, so sigma = sqrt(A / (4 pi)) is the equivalent width. V is the variance of a
    pixel without any molecule, in squared electrons: V_i = F^2 (QE background + dark) + read_i^2, with F^2 = 2 for the EMCCD and 1 else. `dark` is
    dark current and clock-induced charge. read_i^2 includes row noise and rounding (step^2 / 12). As V differs between pixels, V is its harmonic
    mean with the weights h^2. The snr is then QE p sqrt(sum(h_i^2 / V_i)), that of the matched filter that knows the noise of each pixel.
"""
import argparse
import json
import zlib
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage

MARGIN = 16  # pixels around the frame that are simulated too
SUB = 4  # points per pixel and axis
PUPIL = 56  # points across the pupil
LEAST_LIGHT, COUNTED_LIGHT, COUNTED_SNR, BORDER = 1 / 50, 1 / 10, 8, 3

# Lengths in nm, times in frames, light in photons at the camera per frame (background: per pixel), density per square micrometre, aberration in waves
# rms. `spread` is the log-normal's, `to_short` the part of on-times that end in the short dark state, `beam` the beam's sigma in sides of the frame.
USUAL = dict(
    side=64, frames=12, pixel=108, na=1.45, index=1.515, wavelength=680, aberration=0.05, depth=150, photons=1400, brightness="log-normal",
    spread=0.45, background=35, fractal=0.12, filaments=3, blobs=4, cell=0.35, beam=1.1, clustered=0.25, cluster=350, density=0.4, on=2.5,
    short_dark=1.2, long_dark=40, to_short=0.4, camera="scmos",
)
CONDITIONS = {
    "typical": {},
    "sparse": dict(side=128, frames=4, pixel=117, density=0.02, photons=2600, background=28, on=3, clustered=0),
    "dense": dict(pixel=100, density=4, photons=2600, background=60, on=1.3, depth=200, clustered=0.2, cluster=600),
    "dim": dict(pixel=104, photons=380, background=14, density=0.6, on=5, spread=0.3, wavelength=590, na=1.4),
    "dim-and-dense": dict(pixel=110, photons=480, background=20, density=2, on=3, spread=0.3, depth=120),
    "emccd": dict(pixel=160, na=1.49, photons=900, background=55, density=0.4, on=0.8, camera="emccd", brightness="exponential"),
    "structured-background": dict(
        side=128, frames=4, pixel=104, photons=1800, background=70, density=0.3, fractal=0.4, filaments=14, blobs=12, cell=1,
    ),
    "deep": dict(pixel=110, photons=4200, background=90, density=0.5, on=2, depth=600, aberration=0.07, fractal=0.2, blobs=8, clustered=0.1),
    "aberrated": dict(pixel=115, photons=2200, background=40, density=0.5, aberration=0.11, depth=250, on=1.6),
    "small-pixels": dict(pixel=80, na=1.35, wavelength=700, photons=2800, background=22, density=0.6, on=4, camera="cmos"),
    "large-pixels": dict(pixel=170, na=1.3, wavelength=670, photons=1100, background=80, density=0.25, on=6, beam=0.75),
    "palm-like": dict(
        pixel=133, na=1.49, wavelength=585, photons=700, background=9, density=0.2, on=0.5, short_dark=0.7, long_dark=900, to_short=0.5, depth=250,
        clustered=0.6, cluster=180, brightness="exponential", camera="emccd",
    ),
}


# ---- optics


class Optics:
    """Images of single molecules, from a pupil with the condition's aberrations."""

    def __init__(self, condition, rng):
        self.pixel = condition["pixel"] / 1000  # micrometres from here on
        wavelength, na, index = condition["wavelength"] / 1000, condition["na"], condition["index"]
        edge = na / wavelength
        self.step = 2 * edge / PUPIL
        self.frequencies = (np.arange(PUPIL) + 0.5) * self.step - edge
        # A pupil point at the rim counts by the part of its cell that lies within.
        cells = 8
        fine = ((np.arange(PUPIL * cells) + 0.5) / cells * self.step - edge) / edge
        within = np.hypot(fine[:, None], fine) <= 1
        area = within.reshape(PUPIL, cells, PUPIL, cells).mean((1, 3))
        fy, fx = np.meshgrid(self.frequencies, self.frequencies, indexing="ij")
        radius = np.minimum(np.hypot(fx, fy) / edge, 1)
        angle = np.arctan2(fy, fx)
        sine = radius * na / index
        self.axial = index / wavelength * np.sqrt(1 - sine**2)
        amplitude = area * (1 - sine**2) ** -0.25
        terms = {
            "astigmatism oblique": np.sqrt(6) * radius**2 * np.sin(2 * angle),
            "astigmatism vertical": np.sqrt(6) * radius**2 * np.cos(2 * angle),
            "coma vertical": np.sqrt(8) * (3 * radius**3 - 2 * radius) * np.sin(angle),
            "coma horizontal": np.sqrt(8) * (3 * radius**3 - 2 * radius) * np.cos(angle),
            "spherical": np.sqrt(5) * (6 * radius**4 - 6 * radius**2 + 1),
        }
        drawn = rng.normal(size=len(terms))
        drawn *= condition["aberration"] / np.sqrt((drawn**2).sum())
        self.waves = {name: round(float(value), 4) for name, value in zip(terms, drawn, strict=True)}
        self.focus = round(float(rng.normal(0, 0.03)), 4)
        self.pupil = amplitude * np.exp(2j * np.pi * sum(self.waves[name] * term for name, term in terms.items()))
        self.power = (np.abs(self.pupil) ** 2).sum()

    def image(self, x, y, z, x0, y0, size):
        """The share of light in each of size x size pixels from (x0, y0) on; x and y in pixels, z in micrometres."""
        points = (np.arange(size * SUB) + 0.5) / SUB
        pupil = self.pupil * np.exp(2j * np.pi * (z - self.focus) * self.axial)
        rows, columns = (
            np.exp(2j * np.pi * self.pixel * np.outer(points + start - centre, self.frequencies)) for start, centre in ((y0, y), (x0, x))
        )
        field = rows @ pupil @ columns.T
        light = (field.real**2 + field.imag**2) * (self.step * self.pixel / SUB) ** 2 / self.power
        return light.reshape(size, SUB, size, SUB).sum((1, 3))

    def sigma(self, z):
        """Equivalent width of the image at a depth in micrometres, in pixels; the mean over places within the pixel."""
        size = 2 * window(self.pixel * 1000, abs(z) * 1000) + 1
        offsets = (0.125, 0.375, 0.625, 0.875)
        squares = [(self.image(size // 2 + a, size // 2 + b, z, 0, 0, size) ** 2).sum() for a in offsets for b in offsets]
        return float(np.sqrt(1 / np.mean(squares) / (4 * np.pi)))


def window(pixel, depth):
    """Pixels from a molecule to the edge of its image."""
    return int(np.ceil((1100 + 1.8 * depth) / pixel))


# ---- molecules


def places(condition, wide, number, rng):
    """x and y of molecules in the whole field, in pixels from its corner."""
    xy = rng.uniform(0, wide, (number, 2))
    members = rng.random(number) < condition["clustered"]
    centres = rng.uniform(0, wide, (max(2, round((wide * condition["pixel"] / 1000) ** 2 * 0.25)), 2))
    around = centres[rng.integers(len(centres), size=number)] + rng.normal(0, condition["cluster"] / condition["pixel"], (number, 2))
    xy[members] = around[members] % wide
    return xy


def rates(condition):
    """Rates per frame (on to short, on to long, short to on, long to on), stationary parts (on, short, long), and the part on in some of a frame."""
    leave = 1 / condition["on"]
    to_short, to_long = leave * condition["to_short"], leave * (1 - condition["to_short"])
    from_short, from_long = 1 / condition["short_dark"], 1 / condition["long_dark"]
    parts = np.array([1, to_short / from_short, to_long / from_long])
    parts /= parts.sum()
    seen = parts[0] + parts[1] * -np.expm1(-from_short) + parts[2] * -np.expm1(-from_long)
    return (to_short, to_long, from_short, from_long), parts, seen


def time_on(condition, number, frames, rng):
    """The part of each frame that each molecule is on: number x frames."""
    (to_short, to_long, from_short, from_long), parts, _ = rates(condition)
    starts = np.arange(frames)
    on = np.zeros((number, frames))
    for row, state in zip(on, rng.choice(3, number, p=parts), strict=True):
        time = 0.0
        while time < frames:
            end = time + rng.exponential(1 / (to_short + to_long, from_short, from_long)[state])
            if state == 0:
                row += np.clip(np.minimum(end, starts + 1) - np.maximum(time, starts), 0, 1)
                state = 1 if rng.random() * (to_short + to_long) < to_short else 2
            else:
                state = 0
            time = end
    return on


# ---- background


def fractal(wide, beta, rng):
    """Noise with the spectrum 1/|f|^beta, mean 0, variance 1."""
    frequency = np.hypot(np.fft.fftfreq(wide)[:, None], np.fft.rfftfreq(wide))
    frequency[0, 0] = np.inf
    noise = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(wide, wide))) * frequency ** (-beta / 2), s=(wide, wide))
    return (noise - noise.mean()) / noise.std()


def filament(wide, pixel, rng):
    """A smooth random walk, blurred: 1 along its middle."""
    line = np.zeros((wide, wide))
    (x, y), angle, bend = rng.uniform(0, wide, 2), rng.uniform(0, 2 * np.pi), 0.0
    for _ in range(round(rng.uniform(0.5, 1.5) * wide * 2)):
        bend = 0.97 * bend + rng.normal(0, 0.006)
        angle += bend
        x, y = x + 0.5 * np.cos(angle), y + 0.5 * np.sin(angle)
        if 0 <= x < wide and 0 <= y < wide:
            line[int(y), int(x)] += 0.5
    sigma = rng.uniform(180, 420) / pixel
    return ndimage.gaussian_filter(line, sigma) * np.sqrt(2 * np.pi) * sigma


def background(condition, wide, rng):
    """Photons per pixel in the whole field without the beam, and the beam."""
    pixel = condition["pixel"]
    y, x = np.mgrid[:wide, :wide] + 0.5
    relief = 1 + condition["fractal"] * fractal(wide, rng.uniform(2, 3.2), rng)
    scale = 0.2 + condition["fractal"]
    for _ in range(condition["filaments"]):
        relief += scale * rng.uniform(0.3, 1) * filament(wide, pixel, rng)
    for _ in range(condition["blobs"]):
        centre, sigma = rng.uniform(0, wide, 2), rng.uniform(350, 1100) / pixel
        relief += scale * rng.uniform(0.3, 1.2) * np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * sigma**2))
    turn = rng.uniform(0, 2 * np.pi)
    height = ((x - wide / 2) * np.cos(turn) + (y - wide / 2) * np.sin(turn)) / wide + 0.08 * fractal(wide, 3.5, rng) + rng.uniform(-0.15, 0.15)
    relief += condition["cell"] * ndimage.gaussian_filter((height > 0).astype(float), rng.uniform(250, 600) / pixel)
    relief = np.maximum(relief, 0.15)
    side = wide - 2 * MARGIN
    centre = wide / 2 + rng.normal(0, 0.1 * side, 2)
    beam = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * (condition["beam"] * side) ** 2))
    return condition["background"] * relief / relief[MARGIN:-MARGIN, MARGIN:-MARGIN].mean(), beam


# ---- cameras: `dark` in electrons per pixel and frame, `read` the read variance of each pixel in squared electrons, `counts` from photons to numbers


class Scmos:
    qe, excess = 0.81, 1

    def __init__(self, wide, rng):
        self.dark, self.row, self.top = 0.06, 0.22, 65535
        self.gain = 2.17 * rng.normal(1, 0.018, (wide, wide))
        self.offset = 101.5 + rng.normal(0, 1.1, (wide, wide)) + rng.normal(0, 0.35, wide)
        self.own = (1.35 * np.exp(rng.normal(0, 0.22, (wide, wide)))) ** 2
        hot = rng.random((wide, wide)) < 0.004
        self.own[hot] *= 4 * (1 + rng.pareto(1.3, hot.sum()))
        self.own = np.minimum(self.own, 30**2)
        self.read = self.own + self.row**2 + 1 / (12 * self.gain**2)

    def counts(self, photons, rng):
        electrons = rng.poisson(self.qe * photons + self.dark) + rng.normal(size=photons.shape) * np.sqrt(self.own)
        electrons += rng.normal(0, self.row, (len(photons), 1))
        return self.gain * electrons + self.offset


class Emccd:
    qe, excess = 0.92, 2

    def __init__(self, wide, rng):
        self.stages, self.times, self.noise, self.per_count, self.top = 536, 240, 52, 11.3, 16383
        self.chance = self.times ** (1 / self.stages) - 1
        self.gain = self.times / self.per_count
        self.clock, self.register = 0.012, 0.00012
        # A charge born at a stage passes the later ones only: together they weigh as this many at the start.
        weights = (1 + self.chance) ** -np.arange(1, self.stages + 1)
        self.dark = 0.004 + self.clock + self.register * weights.sum()
        self.offset = 187.0 + rng.normal(0, 0.3, wide)
        self.read = np.full((wide, wide), (self.noise**2 + self.per_count**2 / 12) / self.times**2)

    def counts(self, photons, rng):
        electrons = rng.poisson(self.qe * photons + 0.004 + self.clock)
        for _ in range(self.stages):
            electrons += rng.binomial(electrons, self.chance) + rng.poisson(self.register, photons.shape)
        return (electrons + rng.normal(0, self.noise, photons.shape)) / self.per_count + self.offset


class Cmos:
    qe, excess = 0.64, 1

    def __init__(self, wide, rng):
        self.dark, self.noise, self.per_count, self.top = 0.4, 2.4, 2.65, 4095
        self.gain = 1 / self.per_count
        self.offset = 63.0 + rng.normal(0, 0.5, wide)
        self.read = np.full((wide, wide), self.noise**2 + self.per_count**2 / 12)

    def counts(self, photons, rng):
        electrons = rng.poisson(self.qe * photons + self.dark) + rng.normal(0, self.noise, photons.shape)
        return electrons / self.per_count + self.offset


CAMERAS = {"scmos": Scmos, "emccd": Emccd, "cmos": Cmos}


# ---- a condition


def simulate(name, condition, seed):
    """The frames, the truth's rows and what is known of the condition."""
    streams = np.random.SeedSequence([seed, zlib.crc32(name.encode())]).spawn(6)
    optic_rng, place_rng, blink_rng, bright_rng, back_rng, camera_rng = map(np.random.default_rng, streams)
    side, frames, pixel = condition["side"], condition["frames"], condition["pixel"]
    wide = side + 2 * MARGIN
    optics = Optics(condition, optic_rng)
    camera = CAMERAS[condition["camera"]](wide, camera_rng)
    relief, beam = background(condition, wide, back_rng)
    fade = 1 - back_rng.uniform(0.02, 0.08) * np.arange(frames) / frames
    empty = fade[:, None, None] * (relief * beam)
    variance = camera.excess * (camera.qe * empty + camera.dark) + camera.read

    number = place_rng.poisson(condition["density"] * (wide * pixel / 1000) ** 2 / rates(condition)[2])
    xy = places(condition, wide, number, place_rng)
    z = place_rng.uniform(-condition["depth"], condition["depth"], number)
    if condition["brightness"] == "exponential":
        bright = bright_rng.exponential(1, number)
    else:
        bright = np.exp(bright_rng.normal(-condition["spread"] ** 2 / 2, condition["spread"], number))
    on = time_on(condition, number, frames, blink_rng)
    lit = ndimage.map_coordinates(beam, xy.T[::-1] - 0.5, order=1, mode="nearest")
    photons = condition["photons"] * (bright * lit)[:, None] * on

    light = empty.copy()
    rows = []
    half = window(pixel, condition["depth"])
    for k in np.flatnonzero(on.any(1)):
        x, y = xy[k]
        x0, y0 = int(x) - half, int(y) - half
        left, top, right, bottom = max(x0, 0), max(y0, 0), min(x0 + 2 * half + 1, wide), min(y0 + 2 * half + 1, wide)
        image = optics.image(x, y, z[k] / 1000, x0, y0, 2 * half + 1)[top - y0 : bottom - y0, left - x0 : right - x0]
        near = MARGIN - BORDER <= min(x, y) and max(x, y) < wide - MARGIN + BORDER
        inside = MARGIN <= min(x, y) and max(x, y) < wide - MARGIN
        for frame in np.flatnonzero(photons[k]):
            p = photons[k, frame]
            light[frame, top:bottom, left:right] += p * image
            if near and p >= LEAST_LIGHT * condition["photons"]:
                snr = camera.qe * p * np.sqrt((image**2 / variance[frame, top:bottom, left:right]).sum())
                counted = inside and p >= COUNTED_LIGHT * condition["photons"] and snr >= COUNTED_SNR
                rows.append((frame + 1, k, x - MARGIN, y - MARGIN, z[k], p, snr, int(counted)))
    # Rounding keeps the last bits of a sum, which differ between processors, out of the random numbers.
    numbers = np.stack([camera.counts(np.round(photons, 6), camera_rng) for photons in light])
    stack = np.clip(np.round(numbers), 0, camera.top).astype("uint16")[:, MARGIN:-MARGIN, MARGIN:-MARGIN]

    # ids without gaps, rows by frame
    ids = {k: i + 1 for i, k in enumerate(sorted({row[1] for row in rows}))}
    rows = sorted((row[0], ids[row[1]], *row[2:]) for row in rows)
    inner = np.s_[MARGIN:-MARGIN, MARGIN:-MARGIN]
    counts = np.bincount([row[0] - 1 for row in rows if row[7]], minlength=frames)
    snrs = [row[6] for row in rows if row[7]]
    known = {
        **condition,
        "mean_count": round(float(counts.mean()), 2),
        "median_snr": round(float(np.median(snrs)), 1) if snrs else None,
        "mean_background": round(float(empty[(slice(None), *inner)].mean()), 1),
        "sigma_in_focus": round(optics.sigma(optics.focus), 3),
        "sigma_at_depth": round(max(optics.sigma(sign * condition["depth"] / 1000) for sign in (-1, 1)), 3),
        "focus": round(optics.focus * 1000),
        "waves": optics.waves,
        "camera_figures": {
            "qe": camera.qe,
            "excess": camera.excess,
            "dark": round(float(camera.dark), 4),
            "median_read_noise": round(float(np.sqrt(np.median(camera.read[inner]))), 3),
            "mean_offset": round(float(np.broadcast_to(camera.offset, (wide, wide))[inner].mean()), 2),
            "numbers_per_electron": round(float(np.mean(camera.gain)), 4),
        },
    }
    return stack, rows, known


def write(folder, name, stack, rows, pixel):
    per_cm = (round(1e7 / pixel), 1)
    with tifffile.TiffWriter(folder / f"{name}.tif") as tiff:
        for page in stack:
            tiff.write(
                page, contiguous=False, photometric="minisblack", compression="zlib", compressionargs={"level": 9}, predictor=False,
                metadata=None, software=False, resolution=(per_cm, per_cm), resolutionunit="CENTIMETER", rowsperstrip=len(page),
            )
    lines = ["frame,id,x,y,z,photons,snr,counts"]
    lines += ["{},{},{:.3f},{:.3f},{:.0f},{:.1f},{:.2f},{}".format(*row) for row in rows]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "test/data/accuracy/second")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--side", type=int)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    report = {}
    for name, own in CONDITIONS.items():
        condition = USUAL | own
        condition |= {key: value for key in ("frames", "side") if (value := getattr(options, key)) is not None}
        stack, rows, report[name] = simulate(name, condition, options.seed)
        write(options.out, name, stack, rows, condition["pixel"])
        known = report[name]
        print(f"{name}: {known['mean_count']} counted per frame, background {known['mean_background']}, median SNR {known['median_snr']}, "
              f"sigma {known['sigma_in_focus']} to {known['sigma_at_depth']} pixels")
    (options.out / "conditions.json").write_text(json.dumps({"seed": options.seed, "conditions": report}, indent=1) + "\n")


if __name__ == "__main__":
    main()
