"""evaluate_fixtures.py OUT.json: measures of agreement by numpy and scipy, on random values, and the truth about a frame by scipy.

pairs: true and predicted values with their bias, errors, correlation, and the 95 % intervals of means by scipy.stats.norm.
maps: two random maps with the sums of their squared and absolute differences.
frame: emitters [x, y, brightness, background] in a frame of 24 x 20 pixels, some outside it or dim; those above 250 are drawn with a standard deviation of 1 pixel.
"""
import json
import sys

import numpy as np
from scipy import stats

random = np.random.default_rng(20180)
true = random.poisson(30, 200).astype("float64")
predicted = 0.9 * true + random.normal(1, 3, true.size)
errors = predicted - true


def interval(values):
    return list(stats.norm.interval(0.95, loc=values.mean(), scale=stats.sem(values)))


pairs = {
    "truth": true.tolist(),
    "predicted": predicted.tolist(),
    "trueMean": true.mean(),
    "bias": errors.mean(),
    "biasInterval": interval(errors),
    "relativeBias": errors.sum() / true.sum(),
    "mae": np.abs(errors).mean(),
    "maeInterval": interval(np.abs(errors)),
    "rmse": np.sqrt(np.square(errors).mean()),
    "rmseInterval": np.sqrt(interval(np.square(errors))).tolist(),
    "correlation": stats.pearsonr(true, predicted).statistic,
}

first, second = random.random((2, 6, 8)).astype("float32")
difference = second.astype("float64") - first
maps = {
    "truth": first.ravel().tolist(),
    "predicted": second.ravel().tolist(),
    "squares": np.square(difference).sum(),
    "absolutes": np.abs(difference).sum(),
}

WIDTH, HEIGHT, POOL = 24, 20, 7
emitters = np.column_stack(
    [
        random.uniform(-3, WIDTH + 3, 30),
        random.uniform(-3, HEIGHT + 3, 30),
        random.uniform(0, 1500, 30),
        random.uniform(5, 20, 30),
    ]
).round(4)
bright = emitters[emitters[:, 2] > 250]
x, y = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
places = np.dstack([x, y])
density = sum(stats.multivariate_normal((e[0], e[1]), np.eye(2)).pdf(places) for e in bright)
inside = (bright[:, 0] >= 0) & (bright[:, 0] < WIDTH) & (bright[:, 1] >= 0) & (bright[:, 1] < HEIGHT)
windows = np.lib.stride_tricks.sliding_window_view(density, (POOL, POOL)).sum((2, 3))
frame = {
    "width": WIDTH,
    "height": HEIGHT,
    "emitters": emitters.tolist(),
    "count": int(inside.sum()),
    "signal": bright[inside, 2].mean(),
    "background": bright[inside, 3].mean(),
    "mapSum": density.sum(),
    "maxLocalCount": windows.max(),
}

with open(sys.argv[1], "w") as out:
    json.dump({"pairs": pairs, "maps": maps, "frame": frame}, out)
    out.write("\n")
