"""run_exports.py KIND MODEL STACK.tif: what other programs make of an exported model.

KIND is saved_model (tf.saved_model.load), session (the loader of TensorFlow 1, by graph names), windows (the same, with each three frames as one input), keras2 (tf_keras), keras3 or by_name (a network of
this script's own, weights loaded by layer name). Frames are cut to multiples of 4. Prints a line of JSON: shape, and values (base64 of float32).
"""
import base64
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
kind, model, stack = sys.argv[1:]

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tifffile  # noqa: E402

frames = np.atleast_3d(tifffile.imread(stack)).astype("float32")
frames = frames[:, : frames.shape[1] // 4 * 4, : frames.shape[2] // 4 * 4, None]


def saved_model():
    serve = tf.saved_model.load(model).signatures["serving_default"]
    return serve(input_tensor=tf.constant(frames))["output_tensor"].numpy()


def session():
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.saved_model.load(session, ["serve"], model)
        return session.run("output_tensor:0", {"input_tensor:0": frames})


def windows():
    global frames
    frames = frames.reshape(-1, 3, *frames.shape[1:])
    return session()


def keras2():
    import tf_keras

    return tf_keras.models.load_model(model).predict(frames, verbose=0)


def keras3():
    import keras

    return keras.models.load_model(model).predict(frames, verbose=0)


def by_name():
    import tf_keras

    layers = tf_keras.layers

    def conv(x, name, filters, kernel=3, strides=1, activation="relu", bias=True):
        return layers.Conv2D(filters, kernel, strides, "same", activation=activation, use_bias=bias, name=name)(x)

    def deconv(x, name):
        return layers.Conv2DTranspose(8, 3, 2, "same", activation="relu", name=name)(x)

    first = x = layers.Input((None, None, 1))
    for name, filters, strides in [("conv_seg_1", 16, 1), ("conv_stride_1", 16, 2), ("conv_seg_2", 32, 1), ("conv_stride_2", 32, 2), ("conv_seg_3", 64, 1)]:
        x = conv(x, name, filters, strides=strides)
    x = conv(deconv(deconv(x, "deconv_seg_1"), "decon_seg_2"), "seg", 1, 1, activation="sigmoid", bias=False)
    for name, filters, strides in [("conv_1", 16, 1), ("conv_2", 16, 2), ("conv_3", 32, 1), ("conv_4", 32, 2)]:
        x = conv(x, name, filters, strides=strides)
    x = conv(x, "conv_5", 64, 5)
    x = conv(deconv(deconv(x, "deconv_1"), "deconv_2"), "density", 1, 1, activation=None, bias=False)
    network = tf_keras.Model(first, x)
    network.load_weights(model, by_name=True)
    low, high = frames.min((1, 2, 3), keepdims=True), frames.max((1, 2, 3), keepdims=True)
    return network.predict((frames - low) / (high - low), verbose=0)


values = {f.__name__: f for f in (saved_model, session, windows, keras2, keras3, by_name)}[kind]()
print(json.dumps({"shape": values.shape, "values": base64.b64encode(values.astype("<f4").tobytes()).decode()}))
