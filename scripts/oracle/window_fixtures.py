"""window_fixtures.py OUT.json: density maps, losses and gradients of the network for windows of three frames, by TensorFlow.

The network is written here in TensorFlow's own operators, layer by layer: Conv2D and its transposed one for each frame by itself, a softmax over two channels, Conv3D,
every pixel repeated along both sides for the upsampling. Weights, frames and targets are formulas, so that no file of weights is needed: value i of the weight number n is
uniform(i, n), times the square root of 24 / fan-in for kernels and a tenth for biases. Batch: 2 windows of 20 x 24. With i the running index of a value: frames
(1 + sin(0.77 i + sin(0.11 i))) / 2, density target max(0, sin(0.13 i))^4, segmentation target 1 where that is above 0.3, dropout factor of value i, in the order (frame, channel, y, x),
0 where (7 i) mod 5 < 2, else 5 / 3.
Written: of the map some values and each frame's sum; for each loss its value and for each weight the norm of the gradient and up to 40 of its values, evenly spaced.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

N, T, H, W = 2, 3, 20, 24
index = np.arange(N * T * H * W, dtype="float64").reshape(N * T, H, W, 1)
frames = ((1 + np.sin(0.77 * index + np.sin(0.11 * index))) / 2).astype("float32")
target = (np.maximum(0, np.sin(0.13 * index)) ** 4).astype("float32")
mask = (target > 0.3).astype("float32")

# name, operator, kernel (frames,) height, width, inputs, filters, stride
LAYERS = [
    ("conv_seg_1", "conv", (3, 3, 1, 16), 1),
    ("conv_stride_1", "conv", (3, 3, 16, 16), 2),
    ("conv_seg_2", "conv", (3, 3, 16, 32), 1),
    ("conv_stride_2", "conv", (3, 3, 32, 32), 2),
    ("conv_seg_3", "conv", (3, 3, 32, 64), 1),
    ("dropout_seg", "dropout", None, None),
    ("deconv_seg_1", "deconv", (3, 3, 8, 64), 2),
    ("deconv_seg_2", "deconv", (3, 3, 8, 8), 2),
    ("seg", "classes", (1, 1, 8, 2), 1),
    ("conv3d_1", "conv3d", (3, 3, 3, 2, 16), 1),
    ("conv3d_2", "conv3d", (3, 3, 3, 16, 16), 2),
    ("conv3d_3", "conv3d", (3, 3, 3, 16, 32), 1),
    ("conv3d_4", "conv3d", (3, 3, 3, 32, 32), 2),
    ("conv3d_5", "conv3d", (3, 3, 3, 32, 64), 1),
    ("dropout", "dropout", None, None),
    ("upsampling_1", "upsample", None, None),
    ("conv3d_6", "conv3d", (3, 3, 3, 64, 8), 1),
    ("upsampling_2", "upsample", None, None),
    ("conv3d_7", "conv3d", (3, 3, 3, 8, 8), 1),
    ("density", "linear", (1, 1, 1, 8, 1), 1),
]


def uniform(count, number):
    """Values in [-1/2, 1/2) by a hash of their place."""
    i = np.arange(count, dtype="uint64")
    h = ((i + 1) * 2654435761 + number * 40503) & 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    return h.astype("float64") / 2**32 - 0.5


weights = {}
for name, kind, shape, _ in LAYERS:
    if shape is None:
        continue
    fan_in = np.prod(shape[:-2]) * (shape[-1] if kind == "deconv" else shape[-2])
    values = uniform(int(np.prod(shape)), len(weights)) * np.sqrt(24 / fan_in)
    weights[f"{name}/kernel"] = tf.Variable(values.reshape(shape).astype("float32"))
    if kind not in ("classes", "linear"):
        filters = shape[2] if kind == "deconv" else shape[-1]
        weights[f"{name}/bias"] = tf.Variable((0.1 * uniform(filters, len(weights))).astype("float32"))


def factors(channels, scale):
    i = np.arange(N * T * channels * (H // scale) * (W // scale)).reshape(N * T, channels, H // scale, W // scale)
    return np.where((7 * i) % 5 < 2, 0, 5 / 3).astype("float32").transpose(0, 2, 3, 1)


nearest = []


def run(layers, x, dropout):
    """The layers on frames (NT,H,W,C), or windows (N,T,H,W,C) from the first Conv3D on; the last one without its softmax."""
    for name, kind, _, stride in layers:
        kernel, bias = weights.get(f"{name}/kernel"), weights.get(f"{name}/bias")
        if kind == "conv":
            x = tf.nn.conv2d(x, kernel, stride, "SAME") + bias
        elif kind == "deconv":
            n, h, w, _ = x.shape
            x = tf.nn.conv2d_transpose(x, kernel, (n, 2 * h, 2 * w, kernel.shape[2]), 2, "SAME") + bias
        elif kind == "classes":
            x = tf.nn.conv2d(x, kernel, 1, "SAME")
            if name == layers[-1][0]:
                return x
            x = tf.nn.softmax(x)
        elif kind == "dropout":
            if dropout:
                f = factors(x.shape[-1], 4)
                x = x * tf.reshape(f, x.shape)
        elif kind == "upsample":
            x = tf.repeat(tf.repeat(x, 2, axis=2), 2, axis=3)
        else:
            if len(x.shape) == 4:
                x = tf.reshape(x, (N, T, *x.shape[1:]))
            x = tf.nn.conv3d(x, kernel, (1, 1, stride, stride, 1), "SAME")
            if bias is not None:
                x = x + bias
        if bias is not None:
            nearest.append(float(tf.reduce_min(tf.abs(x))))
            x = tf.nn.relu(x)
    return tf.reshape(x, (N * T, *x.shape[2:]))


middle = 1 + [layer[0] for layer in LAYERS].index("seg")


def normalised(x):
    low, high = x.min((1, 2, 3), keepdims=True), x.max((1, 2, 3), keepdims=True)
    return ((x - low) / (high - low)).astype("float32")


def classes(logits):
    """Categorical cross-entropy with the two classes as one-hot vectors, mean over pixels."""
    hot = np.concatenate([1 - mask, mask], axis=-1)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(hot, logits))


def pixel_count(p, lam):
    count = tf.reduce_sum(p, [1, 2, 3]) - tf.reduce_sum(target, [1, 2, 3])
    return tf.reduce_mean(tf.reduce_sum((p - target) ** 2, [1, 2, 3])) + lam * tf.reduce_mean(count**2)


def two_channels(p):
    return tf.concat([1 - p, p], axis=-1)


def both():
    logits = run(LAYERS[:middle], normalised(frames), True)
    return classes(logits) + pixel_count(run(LAYERS[middle:], tf.nn.softmax(logits), True), 0.01)


LOSSES = {
    "segmentation": (LAYERS[:middle], lambda: classes(run(LAYERS[:middle], normalised(frames), True))),
    "density": (LAYERS[middle:], lambda: pixel_count(run(LAYERS[middle:], two_channels(frames), True), 0.01)),
    "both": (LAYERS, both),
}

result = {"losses": {}}
for name, (layers, loss_of) in LOSSES.items():
    names = [key for layer in layers for key in weights if key.startswith(f"{layer[0]}/")]
    nearest.clear()
    with tf.GradientTape() as tape:
        loss = loss_of()
    gradients = tape.gradient(loss, [weights[key] for key in names])
    entry = {"loss": float(loss), "weights": {}}
    for key, gradient in zip(names, gradients):
        flat = gradient.numpy().ravel()
        stride = max(1, flat.size // 40)
        entry["weights"][key] = {
            "norm": float(np.linalg.norm(flat.astype("float64"))),
            "largest": float(np.abs(flat).max()),
            "stride": stride,
            "values": [float(f"{v:.8g}") for v in flat[::stride]],
        }
    result["losses"][name] = entry
    print(name, entry["loss"], "nearest to 0 before a ReLU:", min(nearest))
density = run(LAYERS, normalised(frames), False).numpy()
result["sums"] = [float(v) for v in density.sum((1, 2, 3), dtype="float64")]
result["density"] = [float(f"{v:.8g}") for v in density.ravel()]
segmentation = tf.nn.softmax(run(LAYERS[:middle], normalised(frames), False)).numpy()[..., 1]
result["segmentation"] = [float(f"{v:.8g}") for v in segmentation.ravel()[::7]]
with open(sys.argv[1], "w") as file:
    json.dump(result, file)
    file.write("\n")
