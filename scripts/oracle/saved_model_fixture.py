"""saved_model_fixture.py OUT_DIR: a SavedModel folder as the original writes it, by TensorFlow's own functions for its first version.

The graph holds two networks. Both have a layer conv_1 with a kernel of one shape, so the variables' names alone do not tell which is which: the network
that output_tensor reads has its variables under conv_1_1, those of a forgotten one are under conv_1. Value i of a variable of the network is
(i % 7 - 3) / 8; those of the forgotten one are all 9. Its result is divided by 4.
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np  # noqa: E402
import tensorflow.compat.v1 as tf  # noqa: E402

tf.disable_v2_behavior()
tf.disable_resource_variables()

frames = tf.placeholder(tf.float32, (None, None, None, 1), "input_tensor")


def variable(name, shape):
    size = int(np.prod(shape))
    values = (np.arange(size) % 7 - 3) / 8
    return tf.Variable(values.reshape(shape).astype("float32"), name=name, use_resource=False)


def finish(x, variable_name, filters, activation, bias):
    if bias:
        x = tf.nn.bias_add(x, variable(f"{variable_name}/bias", (filters,)))
    return activation(x) if activation else x


def conv(x, layer, filters, stride=1, side=3, activation=tf.nn.relu, bias=True, variable_name=None):
    variable_name = variable_name or layer
    kernel = variable(f"{variable_name}/kernel", (side, side, int(x.shape[-1]), filters))
    with tf.name_scope(f"model_5/{layer}/"):
        x = tf.nn.conv2d(x, kernel, strides=[1, stride, stride, 1], padding="SAME", name="convolution")
        return finish(x, variable_name, filters, activation, bias)


def deconv(x, layer, filters=8):
    kernel = variable(f"{layer}/kernel", (3, 3, filters, int(x.shape[-1])))
    with tf.name_scope(f"model_5/{layer}/"):
        n, h, w, _ = tf.unstack(tf.shape(x))
        size = tf.stack([n, 2 * h, 2 * w, filters])
        x = tf.nn.conv2d_transpose(x, kernel, size, [1, 2, 2, 1], name="conv2d_transpose")
        x.set_shape((None, None, None, filters))
        return finish(x, layer, filters, tf.nn.relu, True)


tf.Variable(np.full((3, 3, 1, 16), 9, "float32"), name="conv_1/kernel", use_resource=False)
tf.Variable(np.full((16,), 9, "float32"), name="conv_1/bias", use_resource=False)
with tf.name_scope("model_5/hist_norm/"):
    low = tf.reduce_min(frames, [1, 2, 3], keepdims=True)
    x = (frames - low) / (tf.reduce_max(frames, [1, 2, 3], keepdims=True) - tf.reduce_min(frames, [1, 2, 3], keepdims=True))
x = conv(x, "conv_seg_1", 16)
x = conv(x, "conv_stride_1", 16, 2)
x = conv(x, "conv_seg_2", 32)
x = conv(x, "conv_stride_2", 32, 2)
x = conv(x, "conv_seg_3", 64)
x = deconv(x, "deconv_seg_1")
x = deconv(x, "decon_seg_2")
x = conv(x, "seg", 1, 1, 1, tf.sigmoid, False)
x = conv(x, "conv_1", 16, variable_name="conv_1_1")
x = conv(x, "conv_2", 16, 2)
x = conv(x, "conv_3", 32)
x = conv(x, "conv_4", 32, 2)
x = conv(x, "conv_5", 64, 1, 5)
x = deconv(x, "deconv_1")
x = deconv(x, "deconv_2")
x = conv(x, "density", 1, 1, 1, None, False)
tf.identity(x / 4, name="output_tensor")

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    builder = tf.saved_model.builder.SavedModelBuilder(sys.argv[1])
    builder.add_meta_graph_and_variables(session, [tf.saved_model.tag_constants.SERVING])
    builder.save()
