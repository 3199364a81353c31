package net.imglib2.img.display.imagej;

import ij.ImagePlus;
import ij.process.ImageProcessor;
import net.imglib2.img.Img;
import net.imglib2.img.array.ArrayImgs;
import net.imglib2.type.numeric.real.FloatType;

/** Stands in for imglib2-ij, which is not on Maven Central: what the original plugin calls of it. */
public final class ImageJFunctions {
  private ImageJFunctions() {}

  /** @return (W,H), as ImgLib2 orders dimensions, with the values of the pixels as they are */
  public static Img<FloatType> convertFloat(ImagePlus image) {
    if (image.getStackSize() != 1) throw new IllegalArgumentException("a stack");
    ImageProcessor frame = image.getProcessor();
    float[] values = new float[frame.getPixelCount()];
    for (int i = 0; i < values.length; i++) values[i] = frame.getf(i);
    return ArrayImgs.floats(values, frame.getWidth(), frame.getHeight());
  }
}
