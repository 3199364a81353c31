package org.defconfiji.original;

import ij.process.ImageProcessor;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;

/** A SavedModel folder in TensorFlow 1.x, used by the tensors' names as the original plugin uses it. */
final class LoadedModel implements AutoCloseable {
  private final SavedModelBundle bundle;

  LoadedModel(Path folder) {
    bundle = SavedModelBundle.load(folder.toString(), "serve");
  }

  /** A tensor's shape and its values in C order. */
  static final class Output {
    final long[] shape;
    final float[] values;

    Output(Tensor<?> tensor) {
      shape = tensor.shape();
      FloatBuffer buffer = FloatBuffer.allocate(tensor.numElements());
      tensor.writeTo(buffer);
      values = buffer.array();
    }
  }

  /** Feeds frames of equal size as one tensor (N,H,W,1). */
  Output run(ImageProcessor... frames) {
    int height = frames[0].getHeight();
    int width = frames[0].getWidth();
    FloatBuffer pixels = FloatBuffer.allocate(frames.length * height * width);
    for (ImageProcessor frame : frames)
      for (int i = 0; i < height * width; i++) pixels.put(frame.getf(i));
    pixels.flip();
    long[] shape = {frames.length, height, width, 1};
    try (Tensor<Float> input = Tensor.create(shape, pixels);
        Tensor<?> output =
            bundle.session().runner().feed("input_tensor", input).fetch("output_tensor").run().get(0)) {
      return new Output(output);
    }
  }

  @Override
  public void close() {
    bundle.close();
  }
}
