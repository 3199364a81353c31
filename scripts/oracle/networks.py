"""networks.py SET.h5 OUT.csv [--networks NAME ...] [--minutes N] [--sass FOLDER]: what another network would be worth.

Trains networks from scratch, each on the same frames for the same processor time on one thread, and writes how they then count. SET.h5 is made by
`defcon-fiji dataset simulate`; its samples are mirrored and transposed at random. Judged are stacks that no training sees: test/data/accuracy/second, and
SASS' where --sass names their folder. A row of OUT.csv is a condition of a network: mean absolute error of the count and of the max local count (the
largest sum over 7 x 7 pixels). Rows with the condition `-` have the weights, the steps and the milliseconds of processor time for a frame of 256 x 256.

Networks
    published      the product's defcon, one head: every frame from its least to its largest value, a map in between, no connection past it
    quarter-add    nearly all layers at a quarter of the resolution, 48 channels, each added to what it reads (He et al. 2016, CVPR)
    skip           down twice, three added layers, up twice; what was there on the way down is concatenated (Ronneberger et al. 2015, MICCAI). Noise-aware:
                   its input are three maps, the frame less its mean, asinh of that over the noise, the noise's logarithm. The noise is Immerkaer's
                   estimate (1996, Comput. Vis. Image Underst. 64:300)
    skip-thin      the same with 8, 16 and 48 channels and four added layers
Loss: local_count as docs/training.md has it. Adam, batches of 16, gradients of norm 1 at most; the rate rises for 200 steps, then falls along half a
cosine from 2e-3 to 4e-6.
"""
import argparse
import csv
import math
import os
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("set")
parser.add_argument("out")
parser.add_argument("--networks", nargs="+", default=["published", "quarter-add", "skip", "skip-thin"])
parser.add_argument("--minutes", type=float, default=6)
parser.add_argument("--sass")
options = parser.parse_args()

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")
import h5py  # noqa: E402
import tensorflow as tf  # noqa: E402
import tifffile  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
keras = tf.keras
layers = keras.layers
SECOND = os.path.join(os.path.dirname(__file__), "..", "..", "test", "data", "accuracy", "second")
BATCH = 16


def unit_range(x):
    low = tf.reduce_min(x, (1, 2, 3), keepdims=True)
    return (x - low) / (tf.reduce_max(x, (1, 2, 3), keepdims=True) - low + 1e-9)


class UnitRange(layers.Layer):
    def call(self, x):
        return unit_range(x)


class NoiseAware(layers.Layer):
    def call(self, x):
        unit = unit_range(x)
        kernel = tf.constant([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]])[:, :, None, None]
        edges = tf.abs(tf.nn.conv2d(unit, kernel, 1, "VALID"))
        noise = tf.reduce_mean(edges, (1, 2, 3), keepdims=True) * math.sqrt(math.pi / 2) / 6 + 1e-6
        excess = unit - tf.reduce_mean(unit, (1, 2, 3), keepdims=True)
        return tf.concat([excess, tf.asinh(excess / noise) * 0.3, tf.zeros_like(unit) + tf.math.log(noise) * 0.3], -1)


def conv(x, filters, kernel=3, stride=1):
    return layers.Conv2D(filters, kernel, stride, "same", activation="relu", kernel_initializer="he_normal")(x)


def deconv(x, filters):
    return layers.Conv2DTranspose(filters, 3, 2, "same", activation="relu", kernel_initializer="he_normal")(x)


def unpooled(x, filters):
    return layers.Conv2DTranspose(filters, 2, 2, "same", activation="relu")(x)


def head(x, activation=None):
    # The density begins near 0, where a frame without molecules is right. Else the first steps are spent on the level.
    start = keras.initializers.RandomNormal(0, 0.5 if activation else 0.02)
    return layers.Conv2D(1, 1, use_bias=False, activation=activation, kernel_initializer=start)(x)


def published(x):
    x = conv(conv(conv(conv(conv(x, 16), 16, 3, 2), 32), 32, 3, 2), 64)
    x = head(deconv(deconv(x, 8), 8), "sigmoid")
    x = conv(conv(conv(conv(conv(x, 16), 16, 3, 2), 32), 32, 3, 2), 64, 5)
    return head(deconv(deconv(x, 8), 8))


def quarter(x):
    x = conv(conv(x, 16, 5, 2), 48, 3, 2)
    for _ in range(6):
        x = layers.Add()([x, conv(x, 48)])
    return head(deconv(deconv(x, 16), 8))


def skip(x, full, half, low, depth):
    first = conv(x, full)
    second = conv(conv(first, half, 3, 2), half)
    x = conv(second, low, 3, 2)
    for _ in range(depth):
        x = layers.Add()([x, conv(x, low)])
    x = conv(layers.Concatenate()([unpooled(x, half), second]), half)
    return head(conv(layers.Concatenate()([unpooled(x, full), first]), full))


NETWORKS = {
    "published": (UnitRange, published),
    "quarter-add": (UnitRange, quarter),
    "skip": (NoiseAware, lambda x: skip(x, 12, 24, 48, 3)),
    "skip-thin": (NoiseAware, lambda x: skip(x, 8, 16, 48, 4)),
}


def window_sums(x, side, stride):
    return tf.nn.avg_pool2d(x, side, stride, "SAME") * side**2


def loss(target, density):
    difference = density - target
    emitters, excess = (tf.reduce_sum(x, (1, 2, 3)) for x in (target, difference))
    seen = 1 + tf.stop_gradient(tf.maximum(emitters + excess, emitters / 2))
    errors = tf.reduce_sum(difference**2, (1, 2, 3)) / 2
    for side, weight in ((7, 1.0), (16, 0.5)):
        found, truth = window_sums(difference, side, 4), window_sums(target, side, 4)
        expected = 0.3 + tf.stop_gradient(tf.maximum(truth + found, truth / 2))
        errors += weight * 16 / 49 * tf.reduce_sum(found**2 / expected, (1, 2, 3))
    return tf.reduce_mean(errors / seen + 0.9 * (excess / seen) ** 2)


def train(network, frames, targets):
    """The steps that fit into the time."""
    rng = np.random.default_rng(1)
    adam = keras.optimizers.Adam(global_clipnorm=1.0)

    @tf.function
    def step(x, t):
        with tf.GradientTape() as tape:
            value = loss(t, network(x))
        adam.apply_gradients(zip(tape.gradient(value, network.trainable_variables), network.trainable_variables))
        return value

    def batch(chosen):
        pair = [frames[chosen], targets[chosen]]
        for flip in (lambda x: x[:, ::-1], lambda x: x[:, :, ::-1], lambda x: x.transpose(0, 2, 1)):
            if rng.random() < 0.5:
                pair = [flip(x) for x in pair]
        return [tf.constant(x[..., None]) for x in pair]

    adam.learning_rate.assign(0)
    step(*batch(np.arange(BATCH)))
    start, steps, recent, order = time.process_time(), 0, [], np.empty(0, int)
    while (share := (time.process_time() - start) / (60 * options.minutes)) < 1:
        if len(order) < BATCH:
            order = rng.permutation(len(frames))
        chosen, order = np.sort(order[:BATCH]), order[BATCH:]
        adam.learning_rate.assign(2e-3 * min(1, steps / 200) * (0.002 + 0.998 * (1 + math.cos(math.pi * share)) / 2))
        recent.append(float(step(*batch(chosen))))
        steps += 1
        if steps % 1000 == 0:
            print(f"  {100 * share:.0f} %, step {steps}: loss {np.mean(recent[-1000:]):.4f}", flush=True)
    return steps


def truth_of(path, first_centre, counts, shape):
    """Maps and counts from a table of molecules."""
    maps, numbers = np.zeros(shape), np.zeros(shape[0])
    with open(path) as file:
        for row in csv.DictReader(file):
            x, y = (float(row[axis]) + 0.5 - first_centre for axis in "xy")
            if counts(row) and 0 <= x < shape[2] and 0 <= y < shape[1]:
                frame = int(float(row["frame"])) - 1
                across, down = (np.exp(-((np.arange(side) + 0.5 - at) ** 2) / 2) for side, at in ((shape[2], x), (shape[1], y)))
                maps[frame] += np.outer(down, across) / (down.sum() * across.sum())
                numbers[frame] += 1
    return maps, numbers


def max_local_counts(maps):
    sums = np.pad(maps.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    return (sums[:, 7:, 7:] - sums[:, :-7, 7:] - sums[:, 7:, :-7] + sums[:, :-7, :-7]).max((1, 2))


def conditions():
    sources = [(SECOND, "second", 0.5, lambda row: float(row["counts"]) > 0.5)]
    if options.sass:
        sources.append((options.sass, "SASS", 0, lambda row: float(row["brightness"]) > 250))
    for folder, source, first_centre, counts in sources:
        for name in sorted(file[:-4] for file in os.listdir(folder) if file.endswith(".tif")):
            frames = tifffile.imread(os.path.join(folder, name + ".tif")).astype("float32")
            yield f"{source} {name}", frames, truth_of(os.path.join(folder, name + ".csv"), first_centre, counts, frames.shape)


def errors_of(network, frames, truth):
    maps, numbers = truth
    found = np.concatenate([network(frames[k : k + 4, ..., None]).numpy()[..., 0] for k in range(0, len(frames), 4)])
    return np.abs(found.sum((1, 2)) - numbers).mean(), np.abs(max_local_counts(found) - max_local_counts(maps)).mean()


def milliseconds(network):
    frame = tf.random.uniform((1, 256, 256, 1))
    run = tf.function(network)
    run(frame)
    start = time.process_time()
    for _ in range(30):
        run(frame)
    return (time.process_time() - start) / 30 * 1000


with h5py.File(options.set) as file:
    def values_of(name):
        data = file[name]
        values = np.empty(data.shape[:3], "float32")
        for k in range(0, len(values), 4000):
            values[k : k + 4000] = data[k : k + 4000, ..., 0]
        return values

    frames, targets = values_of("input/input"), values_of("target/target")
judged = list(conditions())
with open(options.out, "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["network", "condition", "count_error", "max_local_count_error", "weights", "steps", "milliseconds"])
    for name in options.networks:
        print(name, flush=True)
        tf.random.set_seed(1)
        normalise, body = NETWORKS[name]
        start = keras.Input((None, None, 1))
        network = keras.Model(start, body(normalise()(start)))
        steps = train(network, frames, targets)
        table.writerow([name, "-", "", "", network.count_params(), steps, f"{milliseconds(network):.1f}"])
        for condition, stack, truth in judged:
            count, local = errors_of(network, stack, truth)
            table.writerow([name, condition, f"{count:.4f}", f"{local:.4f}", "", "", ""])
        file.flush()
