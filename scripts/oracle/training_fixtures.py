"""training_fixtures.py ORACLE_DIR MODEL.h5 OUT.json: losses and their gradients by TensorFlow.

ORACLE_DIR holds defcon_keras.py, the network in Keras 2; MODEL.h5 holds its weights. Batch: 3 frames of 20 x 24. With i the running index of a value:
frames (1 + sin(0.76 i + sin(0.11 i))) / 2, density target max(0, sin(0.13 i))^4, segmentation target 1 where that is above 0.3,
dropout factor of value i 0 where (7 i) mod 5 < 2, else 5 / 3. With these frames no value before a ReLU is nearer to 0 than 1e-5, where rounding would
decide the gradient.
Written for each loss: its value and for each weight the norm of the gradient and up to 40 of its values, evenly spaced.
"""
import json
import sys

import numpy as np

sys.path.insert(0, sys.argv[1])
from defcon_keras import keras, load, tf  # noqa: E402

model = load(sys.argv[2])
N, H, W = 3, 20, 24
index = np.arange(N * H * W, dtype="float64").reshape(N, H, W, 1)
frames = ((1 + np.sin(0.76 * index + np.sin(0.11 * index))) / 2).astype("float32")
target = (np.maximum(0, np.sin(0.13 * index)) ** 4).astype("float32")
mask = (target > 0.3).astype("float32")


def factors(channels, scale):
    i = np.arange(N * channels * (H // scale) * (W // scale)).reshape(N, channels, H // scale, W // scale)
    return np.where((7 * i) % 5 < 2, 0, 5 / 3).astype("float32").transpose(0, 2, 3, 1)


def run(names, x):
    """The layers of those names, with dropout by the factors above; the last one without its activation where that is a sigmoid."""
    for name in names:
        layer = model.get_layer(name)
        if name.startswith("dropout"):
            x = x * factors(x.shape[-1], 4)
        elif name == names[-1] and name == "seg":
            x = tf.nn.conv2d(x, layer.kernel, 1, "SAME")
        else:
            x = layer(x)
    return x


order = [layer.name for layer in model.layers[1:]]
first, second = order[: order.index("seg") + 1], order[order.index("seg") + 1 :]


def cross_entropy(logits):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(mask, logits))


def pixel_count(p, lam):
    count = tf.reduce_sum(p, [1, 2, 3]) - tf.reduce_sum(target, [1, 2, 3])
    return tf.reduce_mean(tf.reduce_sum((p - target) ** 2, [1, 2, 3])) + lam * tf.reduce_mean(count**2)


def relative_count(p, lam):
    emitters = tf.reduce_sum(target, [1, 2, 3])
    count = tf.reduce_sum(p, [1, 2, 3]) - emitters
    seen = tf.stop_gradient(tf.maximum(tf.reduce_sum(p, [1, 2, 3]), emitters / 2))
    pixels = tf.reduce_sum((p - target) ** 2, [1, 2, 3]) / (1 + seen)
    return tf.reduce_mean(pixels + lam * (count / (1 + seen)) ** 2)


def pixel_area(p, lam):
    boxes = tf.nn.avg_pool2d(p, 12, 1, "VALID") - tf.nn.avg_pool2d(target, 12, 1, "VALID")
    return tf.reduce_mean((p - target) ** 2) + lam * tf.reduce_mean(tf.reduce_sum(boxes**2, [1, 2, 3]))


def windows(value, side, stride=4):
    return tf.nn.conv2d(value, tf.ones((side, side, 1, 1)), stride, "SAME")


def local_count(p, lam):
    """Pixels, windows of 7 and 16 pixels at every fourth one, and the count; each over its expected variance, a constant to the gradient."""
    emitters = tf.reduce_sum(target, [1, 2, 3])
    count = tf.reduce_sum(p, [1, 2, 3]) - emitters
    seen = 1 + tf.stop_gradient(tf.maximum(tf.reduce_sum(p, [1, 2, 3]), emitters / 2))
    errors = tf.reduce_sum((p - target) ** 2, [1, 2, 3]) / 2
    for side, weight in ((7, 1.0), (16, 0.5)):
        truth, found = windows(target, side), windows(p, side)
        expected = 0.3 + tf.stop_gradient(tf.maximum(found, truth / 2))
        errors += weight * 16 / 49 * tf.reduce_sum((found - truth) ** 2 / expected, [1, 2, 3])
    return errors / seen + lam * (count / seen) ** 2


def max_local_count(p):
    """The relative error of the largest window of 7 pixels, at any pixel; its divisor is a constant to the gradient."""
    truth, found = (tf.reduce_max(windows(value, 7, 1), [1, 2, 3]) for value in (target, p))
    return 2 * ((found - truth) / (0.3 + tf.stop_gradient(tf.maximum(found, truth / 2)))) ** 2


def both():
    logits = run(first, frames)
    return cross_entropy(logits) + pixel_count(run(second, tf.sigmoid(logits)), 0.01)


LOSSES = {
    "segmentation": (first, lambda: cross_entropy(run(first, frames))),
    "pixel_count": (second, lambda: pixel_count(run(second, frames), 0.01)),
    "pixel": (second, lambda: pixel_count(run(second, frames), 0)),
    "pixel_area": (second, lambda: pixel_area(run(second, frames), 0.5)),
    "relative_count": (second, lambda: relative_count(run(second, frames), 0.1)),
    "local_count": (second, lambda: tf.reduce_mean(local_count(run(second, frames), 0.9))),
    "log_local_count": (second, lambda: tf.reduce_mean(tf.math.log(1 + local_count(run(second, frames), 0.9) / 0.3))),
    "log_max_local_count": (
        second,
        lambda: (lambda p: tf.reduce_mean(tf.math.log(1 + (local_count(p, 0.9) + max_local_count(p)) / 0.3)))(run(second, frames)),
    ),
    "both": (first + second, both),
}

for layer in model.layers:
    layer.trainable = True
result = {}
for name, (layers, loss_of) in LOSSES.items():
    variables = [v for layer in layers for v in model.get_layer(layer).weights]
    with tf.GradientTape() as tape:
        loss = loss_of()
    gradients = tape.gradient(loss, variables)
    entry = {"loss": float(loss), "weights": {}}
    for variable, gradient in zip(variables, gradients):
        path = variable.name.split(":")[0]
        flat = gradient.numpy().ravel()
        stride = max(1, flat.size // 40)
        entry["weights"][path] = {
            "norm": float(np.linalg.norm(flat.astype("float64"))),
            "largest": float(np.abs(flat).max()),
            "stride": stride,
            "values": [float(f"{v:.8g}") for v in flat[::stride]],
        }
    result[name] = entry
    print(name, entry["loss"], {k: v["norm"] for k, v in entry["weights"].items()})
with open(sys.argv[3], "w") as file:
    json.dump(result, file)
    file.write("\n")
