"""simulation_fixtures.py OUT_DIR: what a simulation is measured against, by scipy.

- probabilities of bins for the normal, Poisson and gamma distributions, with the chi-squared value that one sample in 10,000 exceeds
- a Gaussian over pixels, by its distribution function
- an Airy pattern over pixels, from its closed form; its width; its encircled energy
- intensities out of focus and behind layers of other refractive indices, by adaptive integration over the pupil's radius
- the mean share of time on of a molecule that blinks and bleaches, by the exponential of its matrix of rates
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy import integrate, linalg, optimize, special, stats

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)


def bins(distribution, edges):
    """Probabilities below, between and above the edges; for whole numbers an edge belongs to the bin below it."""
    cdf = np.concatenate([[0], distribution.cdf(edges), [1]])
    return {"edges": list(map(float, edges)), "probabilities": np.diff(cdf).tolist(), "limit": stats.chi2.ppf(1 - 1e-4, len(edges))}


quantiles = np.array([0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999])
distributions = {
    "normal": [{"parameter": 0, **bins(stats.norm(), [-3.9, -3.6, *stats.norm.ppf(quantiles), 3.6, 3.9])}],
    "poisson": [
        {"parameter": m, **bins(stats.poisson(m), np.unique(stats.poisson.ppf(quantiles, m)))}
        for m in (0.05, 0.7, 4, 9.9, 10.1, 25, 200, 5000)
    ],
    "gamma": [{"parameter": k, **bins(stats.gamma(k), stats.gamma.ppf(quantiles, k))} for k in (1, 2, 5, 40)],
}

# One emitter in an image of SIDE x SIDE pixels.
SIDE, PIXEL, WAVELENGTH, NA = 9, 100.0, 600.0, 1.4
N_IMMERSION = 1.515
x0, y0 = 4.37, 4.81
k = 2 * np.pi / WAVELENGTH


def gaussian(sigma):
    cdf = lambda at: stats.norm.cdf(np.arange(SIDE + 1), at, sigma)
    return np.outer(np.diff(cdf(y0)), np.diff(cdf(x0)))


nodes, weights = np.polynomial.legendre.leggauss(12)


def over_pixels(intensity):
    """Integrates a radial intensity per nm² over each pixel."""
    image = np.zeros((SIDE, SIDE))
    for row in range(SIDE):
        for column in range(SIDE):
            x = (column + 0.5 + nodes / 2 - x0) * PIXEL
            y = (row + 0.5 + nodes / 2 - y0) * PIXEL
            radius = np.hypot(x[None, :], y[:, None])
            image[row, column] = weights @ intensity(radius) @ weights * (PIXEL / 2) ** 2
    return image


def airy(radius):
    v = np.maximum(k * NA * radius, 1e-9)
    return (k * NA) ** 2 / (4 * np.pi) * (2 * special.j1(v) / v) ** 2


def diffraction(difference, aperture, radius):
    """Intensity per nm² for a path difference W(s), s from 0 to the aperture."""
    part = lambda f: integrate.quad(
        lambda rho: special.j0(k * aperture * radius * rho) * f(k * difference(aperture * rho)) * rho, 0, 1, limit=400, epsabs=1e-10
    )[0]
    return (k * aperture) ** 2 / np.pi * (part(np.cos) ** 2 + part(np.sin) ** 2)


half_width = optimize.brentq(lambda v: (2 * special.j1(v) / v) ** 2 - 0.5, 1, 2)
encircled = lambda nm: 1 - special.j0(k * NA * nm) ** 2 - special.j1(k * NA * nm) ** 2
root = lambda n, s: np.sqrt(n * n - s * s)

radii = [0, 50, 130, 260, 400, 800]
defocused = {
    str(z): [diffraction(lambda s: z * (root(N_IMMERSION, s)), NA, r) for r in radii] for z in (100, -300, 700)
}

# Oil of the design, a thicker coverslip of another glass, emitters in water.
layers = dict(nImmersion=1.518, nSample=1.33, nCoverslip=1.52, coverslip=172, nImmersionDesign=1.515, nCoverslipDesign=1.522, coverslipDesign=170, workingDistance=150, focusDepth=2000)


def layered(immersion, z):
    p = layers
    return lambda s: (
        (p["focusDepth"] + z) * root(p["nSample"], s)
        + 1000 * p["coverslip"] * root(p["nCoverslip"], s)
        - 1000 * p["coverslipDesign"] * root(p["nCoverslipDesign"], s)
        + immersion * root(p["nImmersion"], s)
        - 1000 * p["workingDistance"] * root(p["nImmersionDesign"], s)
    )


paraxial = layers["nImmersion"] * (
    1000 * layers["coverslipDesign"] / layers["nCoverslipDesign"]
    + 1000 * layers["workingDistance"] / layers["nImmersionDesign"]
    - 1000 * layers["coverslip"] / layers["nCoverslip"]
    - layers["focusDepth"] / layers["nSample"]
)
aperture = min(NA, layers["nSample"])
on_axis = lambda shift: diffraction(layered(paraxial + shift, 0), aperture, 0)
coarse = np.arange(-6000, 6001, 50)
best = coarse[np.argmax([on_axis(shift) for shift in coarse])]
shift = optimize.minimize_scalar(lambda s: -on_axis(s), bounds=(best - 100, best + 100), method="bounded").x
behind_layers = {str(z): [diffraction(layered(paraxial + shift, z), aperture, r) for r in radii] for z in (0, 300, -400)}


def share_on(on, off, blinks, frames):
    rates = np.array([[-1 / on, 1 / off], [(1 - 1 / blinks) / on, -1 / off]])
    start = np.array([on, off]) / (on + off)
    return integrate.quad(lambda t: (linalg.expm(rates * t) @ start)[0], 0, frames, limit=200)[0] / frames


populations = [
    {"onTime": on, "offTime": off, "blinks": blinks, "frames": frames, "share": share_on(on, off, blinks, frames)}
    for on, off, blinks, frames in [(2, 10, 3, 50), (0.5, 40, 1, 200), (5, 5, 20, 1000), (1.5, 300, 2.5, 20)]
]

expected = {
    "distributions": distributions,
    "image": {"side": SIDE, "pixelSize": PIXEL, "wavelength": WAVELENGTH, "na": NA, "nImmersion": N_IMMERSION, "x": x0, "y": y0},
    "gaussian": {"psfSigma": 90, "shares": gaussian(0.9).ravel().tolist()},
    "airy": {"shares": over_pixels(airy).ravel().tolist(), "fullWidth": 2 * half_width / (k * NA), "encircled": {str(r): encircled(r) for r in (200, 500, 1500)}},
    "radii": radii,
    "defocused": defocused,
    "layers": {"settings": layers, "intensity": behind_layers},
    "populations": populations,
}
(out / "expected.json").write_text(json.dumps(expected))
