"""foreign_models.py OUT_DIR: one network as other programs keep it, and what they make of frames. Needs the built program (bin/defcon-fiji.js).

The network is defcon-fast with random weights.
fast.keras, fast.weights.h5, fast.h5   Keras 3: a whole model, its weights alone, its older format
external.onnx, external.data           this program's ONNX file, saved by onnx with its weights in a file beside it
half.onnx                              the same in half precision, by onnxconverter-common
dynamic.onnx, static.onnx              the same quantised to 8 bits by ONNX Runtime, in its two ways
tf2onnx.onnx                           the Keras model, converted by tf2onnx
other.keras, other.onnx                a network that is none of this program's, by Keras 3 and by tf2onnx
segmentation.h5                        the segmentation half of defcon, saved by Keras 2; a value follows from its index i: (i % 5 - 2) / 8
foreign.json                           frames, their density maps by Keras 3 and by ONNX Runtime from half.onnx, dynamic.onnx and tf2onnx.onnx (base64, float32)
"""
import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402
import tf_keras  # noqa: E402
from onnxconverter_common import float16  # noqa: E402
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static  # noqa: E402

root = Path(__file__).resolve().parents[2]
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(7)
layers = keras.layers


class Range(layers.Layer):
    def call(self, x):
        low, high = (of(x, (1, 2, 3), keepdims=True) for of in (keras.ops.min, keras.ops.max))
        return (x - low) / (high - low)


def conv(x, name, filters, stride=1, kernel=3, activation="relu", bias=True):
    return layers.Conv2D(filters, kernel, stride, "same", activation=activation, use_bias=bias, name=name, kernel_initializer="he_normal")(x)


frames = x = layers.Input((None, None, 1))
x = Range(name="hist_norm")(x)
x = conv(x, "fast_conv_1", 16, 2, 5)
x = conv(x, "fast_conv_2", 32, 2)
for k in (3, 4, 5):
    x = conv(x, f"fast_conv_{k}", 32)
for k, filters in ((1, 8), (2, 4)):
    x = layers.Conv2DTranspose(filters, 3, 2, "same", activation="relu", name=f"fast_deconv_{k}")(x)
model = keras.Model(frames, conv(x, "fast_density", 1, 1, 1, None, False))
rng = np.random.default_rng(7)
for layer in model.layers:
    weights = layer.get_weights()
    if len(weights) == 2:
        layer.set_weights([weights[0], rng.normal(0, 0.05, weights[1].shape)])
model.save(out / "fast.keras")
model.save_weights(out / "fast.weights.h5")
model.save(out / "fast.h5")

y, x = np.mgrid[0:24, 0:20]
stack = np.stack([100 + 800 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 3) + 5 * ((3 * x + 7 * y) % 11) for cx, cy in ((6, 5), (12, 17))]).astype("float32")
density = {"keras": model.predict(stack[..., None], verbose=0)[..., 0]}

with tempfile.TemporaryDirectory() as folder:
    native = Path(folder) / "native.onnx"
    subprocess.run(["node", root / "bin" / "defcon-fiji.js", "import", out / "fast.h5", "-o", native], check=True)
    graph = onnx.load(native)
    onnx.save_model(graph, out / "external.onnx", save_as_external_data=True, location="external.data", size_threshold=0)
    graph = onnx.load(native)
    onnx.save_model(float16.convert_float_to_float16(graph, keep_io_types=True), out / "half.onnx")
    quantize_dynamic(native, out / "dynamic.onnx")

    class Frames(CalibrationDataReader):
        rest = [{"frames": stack[:, None]}]

        def get_next(self):
            return self.rest.pop() if self.rest else None

    quantize_static(native, out / "static.onnx", Frames(), quant_format=QuantFormat.QDQ)

signature = [tf.TensorSpec((None, None, None, 1), tf.float32, name="frames")]


def converted(network, name):
    function = tf.function(lambda frames: network(frames, training=False), input_signature=signature)
    tf2onnx.convert.from_function(function, input_signature=signature, opset=17, output_path=str(out / name))


converted(model, "tf2onnx.onnx")
other = keras.Sequential([layers.Input((None, None, 1)), layers.Conv2D(4, 3, padding="same", name="first"), layers.Conv2D(1, 1, name="last")])
other.save(out / "other.keras")
converted(other, "other.onnx")
for name in ("half", "dynamic", "tf2onnx"):
    session = onnxruntime.InferenceSession(out / f"{name}.onnx")
    entry = session.get_inputs()[0]
    last = entry.shape[-1] == 1
    density[name] = session.run(None, {entry.name: stack[..., None] if last else stack[:, None]})[0].reshape(stack.shape).astype("float32")

old = tf_keras.layers
first = x = old.Input((None, None, 1))
for name, filters, stride in [("conv_seg_1", 16, 1), ("conv_stride_1", 16, 2), ("conv_seg_2", 32, 1), ("conv_stride_2", 32, 2), ("conv_seg_3", 64, 1)]:
    x = old.Conv2D(filters, 3, stride, "same", activation="relu", name=name)(x)
for name in ("deconv_seg_1", "decon_seg_2"):
    x = old.Conv2DTranspose(8, 3, 2, "same", activation="relu", name=name)(x)
half = tf_keras.Model(first, old.Conv2D(1, 1, activation="sigmoid", use_bias=False, name="seg")(x))
half.set_weights([((np.arange(w.size) % 5 - 2) / 8).reshape(w.shape) for w in half.get_weights()])
half.save_weights(out / "segmentation.h5")


def encode(array):
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


expected = {"shape": stack.shape, "pixels": encode(stack), "density": {name: encode(d) for name, d in density.items()}}
(out / "foreign.json").write_text(json.dumps(expected, indent=1) + "\n")
for name, d in density.items():
    print(name, d.sum((1, 2)), np.abs(d - density["keras"]).max())
