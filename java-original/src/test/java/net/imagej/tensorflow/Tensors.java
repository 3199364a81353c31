package net.imagej.tensorflow;

import java.nio.FloatBuffer;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.real.FloatType;
import net.imglib2.view.Views;
import org.tensorflow.Tensor;

/** Stands in for imagej-tensorflow, which is not on Maven Central: what the original plugin calls of it. */
public final class Tensors {
  private Tensors() {}

  /** @return the same values, dimensions in the opposite order: ImgLib2's first is the densest, TensorFlow's last */
  public static Tensor<Float> tensorFloat(RandomAccessibleInterval<FloatType> image) {
    int last = image.numDimensions() - 1;
    long[] shape = new long[last + 1];
    for (int i = 0; i <= last; i++) shape[last - i] = image.dimension(i);
    FloatBuffer values = FloatBuffer.allocate((int) Views.flatIterable(image).size());
    for (FloatType value : Views.flatIterable(image)) values.put(value.get());
    values.flip();
    return Tensor.create(shape, values);
  }
}
