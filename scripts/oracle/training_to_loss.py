"""training_to_loss.py ORACLE_DIR SET.h5 SEED EPOCHS BATCH: the course of TensorFlow's training of the two stages, by time.

Prints a JSON line: for each stage a list of [seconds so far, validation loss] an epoch. Validation is in the seconds, as in defcon-fiji's; the
making of TensorFlow's graphs is not. The last 10 % of the samples are held back. The frozen half of the second stage has no dropout, as in defcon-fiji.
"""
import json
import sys
import time

import h5py
import numpy as np

sys.path.insert(0, sys.argv[1])
from defcon_keras import build, keras, pixel_count_loss, tf  # noqa: E402

path, (seed, epochs, batch) = sys.argv[2], map(int, sys.argv[3:6])
with h5py.File(path) as file:
    frames, target, mask = (np.array(file[f"{g}/{g}"], dtype="float32") for g in ("input", "target", "seg_map"))
split = int(len(frames) * 0.9)


class Course(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.rows, self.seconds, self.since, self.best = [], 0.0, 0.0, None

    def on_epoch_begin(self, epoch, logs=None):
        self.since = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds += time.perf_counter() - self.since
        loss = float(logs["val_loss"])
        if self.best is None or loss < min(row[1] for row in self.rows):
            self.best = self.model.get_weights()
        self.rows.append([self.seconds, loss])


def fit(model, truth, loss):
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)
    start = model.get_weights()
    data = dict(batch_size=batch, validation_data=(frames[split:], truth[split:]), verbose=0)
    # The graphs are made in a step whose effect is undone.
    model.fit(frames[:batch], truth[:batch], epochs=1, **data)
    model.set_weights(start)
    for variable in model.optimizer.variables[2:]:
        variable.assign(tf.zeros_like(variable))
    model.optimizer.iterations.assign(0)
    course = Course()
    model.fit(frames[:split], truth[:split], epochs=epochs, callbacks=[course], **data)
    model.set_weights(course.best)
    return course.rows


def cross_entropy(true, pred):
    return tf.reduce_mean(keras.losses.binary_crossentropy(true, pred))


keras.utils.set_random_seed(seed)
first = build("seg")
segmentation = fit(first, mask, cross_entropy)
second = build("density")
for layer in first.layers:
    if layer.weights:
        second.get_layer(layer.name).set_weights(layer.get_weights())
second.get_layer("dropout_seg").rate = 0
density = fit(second, target, pixel_count_loss())
print(json.dumps({"segmentation": segmentation, "density": density}))
