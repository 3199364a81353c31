"""model_fixtures.py ORACLE_DIR OUT_DIR: a network with random weights, frames, and what TensorFlow makes of them.

ORACLE_DIR holds defcon_keras.py, the network in Keras 2. Written into OUT_DIR:
random_defcon.h5    weights in the layout of a whole Keras 2 model (group model_weights)
weights_only.h5     the layout of save_weights; every value follows from its index: (i % 7 - 3) / 8
no_keras.h5, other_network.h5, missing_weight.h5, wrong_shape.h5   files to be refused, each for its own reason
stack_TYPE.tif      frames of odd sizes in the three pixel types
expected.json       for each stack: density maps (base64 of little-endian float32), counts, max local counts (7x7 and 5x5)
"""
import base64
import json
import sys
from pathlib import Path

import h5py
import numpy as np
import tifffile

sys.path.insert(0, sys.argv[1])
from defcon_keras import build, keras  # noqa: E402

out = Path(sys.argv[2])
out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(7)
model = build("density")
rng = np.random.default_rng(7)
for layer in model.layers:
    weights = layer.get_weights()
    if len(weights) == 2:
        # Gains above He's: the outputs then depend strongly on the frame, so that a wrong layer shows.
        layer.set_weights([weights[0] * 1.8, rng.normal(0, 0.05, weights[1].shape).astype("float32")])
model.get_layer("seg").set_weights([model.get_layer("seg").get_weights()[0] * 3])
model.get_layer("density").set_weights([np.abs(model.get_layer("density").get_weights()[0]) * 0.01])


def write(group, values):
    named = [layer for layer in model.layers if layer.weights]
    group.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
    group.attrs["keras_version"] = b"2.0.8"
    group.attrs["backend"] = b"tensorflow"
    for layer in model.layers:
        sub = group.create_group(layer.name)
        names = [w.name for w in layer.weights]
        sub.attrs["weight_names"] = [n.encode() for n in names]
        if layer in named:
            for name, weight in zip(names, layer.get_weights()):
                sub.create_dataset(name, data=values(weight), compression="gzip")


with h5py.File(out / "random_defcon.h5", "w") as file:
    write(file.create_group("model_weights"), lambda w: w)
with h5py.File(out / "weights_only.h5", "w") as file:
    write(file, lambda w: ((np.arange(w.size) % 7 - 3) / 8).astype("float32").reshape(w.shape))

with h5py.File(out / "no_keras.h5", "w") as file:
    file.create_group("input")
    file.create_group("target")
with h5py.File(out / "other_network.h5", "w") as file:
    file.attrs["layer_names"] = [b"dense_1", b"dense_2"]
    for name in ("dense_1", "dense_2"):
        group = file.create_group(name)
        group.attrs["weight_names"] = [b"kernel:0"]
        group["kernel:0"] = np.ones((2, 2), "float32")
with h5py.File(out / "missing_weight.h5", "w") as file:
    write(file, np.zeros_like)
    file["conv_5"].attrs["weight_names"] = file["conv_5"].attrs["weight_names"][:1]
with h5py.File(out / "wrong_shape.h5", "w") as file:
    write(file, np.zeros_like)
    kernel = "conv_5/kernel:0"
    del file["conv_5"][kernel]
    file["conv_5"][kernel] = np.zeros((3, 3, 32, 64), "float32")


def windows(density, side):
    view = np.lib.stride_tricks.sliding_window_view(density.astype("float64"), (side, side))
    return view.sum((2, 3)).max()


def spots(count, height, width, seed):
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    frames = np.zeros((count, height, width))
    for frame in frames:
        for _ in range(6):
            cy, cx = r.uniform(0, height), r.uniform(0, width)
            frame += r.uniform(200, 900) * np.exp(-((y + 0.5 - cy) ** 2 + (x + 0.5 - cx) ** 2) / 3.4)
        frame += 100 + r.normal(0, 12, frame.shape)
    return np.clip(frames, 0, None)


stacks = {
    "uint8": np.clip(spots(3, 40, 36, 1) / 5, 0, 255).astype("uint8"),
    "uint16": spots(4, 41, 38, 2).astype("uint16"),
    "float32": (spots(3, 35, 63, 3) / 1000 - 0.2).astype("float32"),
}
expected = {}
for name, stack in stacks.items():
    tifffile.imwrite(out / f"stack_{name}.tif", stack, imagej=True)
    height, width = stack.shape[1:]
    padded = np.pad(stack.astype("float32"), ((0, 0), (0, -height % 4), (0, -width % 4)), mode="reflect")
    density = model.predict(padded[..., None], batch_size=1, verbose=0)[:, :height, :width, 0]
    expected[name] = {
        "file": f"stack_{name}.tif",
        "width": width,
        "height": height,
        "frames": len(stack),
        "pixels": base64.b64encode(stack.astype(stack.dtype.newbyteorder("<")).tobytes()).decode(),
        "density": base64.b64encode(density.astype("<f4").tobytes()).decode(),
        "count": density.astype("float64").sum((1, 2)).tolist(),
        "maxLocalCount": {str(side): [windows(d, side) for d in density] for side in (7, 5)},
    }
    print(name, expected[name]["count"], expected[name]["maxLocalCount"]["7"], density.min(), density.max(), density.std())
(out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
