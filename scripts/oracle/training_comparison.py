"""training_comparison.py ORACLE_DIR SET.h5 [--seeds N] [--epochs N] [--batch N]: what TensorFlow's training of the same two stages on the same set comes to.

One JSON line a seed: the lowest validation loss of both stages, and the mean absolute error of counts over the samples held back (the last 10 %),
beside that of the best constant. Compare with `defcon-fiji train --set SET.h5 --seed N --epochs N --patience N` and the same batch size.
"""
import argparse
import json
import sys

import h5py
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("oracle")
parser.add_argument("set")
parser.add_argument("--seeds", type=int, default=3)
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--still", action="store_true", help="no dropout in the frozen half of the second stage, as defcon-fiji trains")
options = parser.parse_args()
sys.path.insert(0, options.oracle)
from defcon_keras import build, keras, pixel_count_loss, tf  # noqa: E402

with h5py.File(options.set) as file:
    frames, target, mask = (np.array(file[f"{g}/{g}"], dtype="float32") for g in ("input", "target", "seg_map"))
split = int(len(frames) * 0.9)


def fit(model, truth, loss, seed):
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)
    order = np.random.default_rng(seed)
    best, weights = np.inf, None
    for _ in range(options.epochs):
        for first in order.permutation(range(0, split, options.batch)):
            part = slice(first, min(first + options.batch, split))
            model.train_on_batch(frames[part], truth[part])
        losses = [
            (float(model.test_on_batch(frames[i : i + options.batch], truth[i : i + options.batch])), len(frames[i : i + options.batch]))
            for i in range(split, len(frames), options.batch)
        ]
        value = sum(l * n for l, n in losses) / sum(n for _, n in losses)
        if value < best:
            best, weights = value, model.get_weights()
    model.set_weights(weights)
    return best


def cross_entropy(true, pred):
    return tf.reduce_mean(keras.losses.binary_crossentropy(true, pred))


for seed in range(1, options.seeds + 1):
    keras.utils.set_random_seed(seed)
    first = build("seg")
    segmentation = fit(first, mask, cross_entropy, seed)
    second = build("density")
    for layer in first.layers:
        if layer.weights:
            second.get_layer(layer.name).set_weights(layer.get_weights())
    if options.still:
        second.get_layer("dropout_seg").rate = 0
    density = fit(second, target, pixel_count_loss(), seed)
    counts = second.predict(frames[split:], verbose=0).sum((1, 2, 3))
    truth = target[split:].sum((1, 2, 3))
    constant = np.abs(truth - np.median(truth)).mean()
    error = np.abs(counts - truth).mean()
    print(json.dumps({"seed": seed, "segmentation": segmentation, "density": density, "count_error": float(error), "constant_error": float(constant)}), flush=True)
