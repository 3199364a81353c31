package org.defconfiji.original;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** Frames of a tif stack, brought to sides that the network can take: multiples of 4. */
final class Frames {
  private Frames() {}

  static ImageProcessor[] open(Path stack) {
    ImageStack opened = IJ.openImage(stack.toString()).getStack();
    ImageProcessor[] frames = new ImageProcessor[opened.size()];
    for (int i = 0; i < frames.length; i++) frames[i] = opened.getProcessor(i + 1);
    return frames;
  }

  /** Writes a stack without its frames' last rows and columns, which is what the original plugin sees of it. */
  static Path cropped(Path stack) throws IOException {
    ImageStack whole = IJ.openImage(stack.toString()).getStack();
    ImageStack cropped = whole.crop(0, 0, 0, whole.getWidth() / 4 * 4, whole.getHeight() / 4 * 4, whole.size());
    Path file = Paths.get("target", "cropped").resolve(stack.getFileName()).toAbsolutePath();
    Files.createDirectories(file.getParent());
    if (!new FileSaver(new ImagePlus("cropped", cropped)).saveAsTiff(file.toString()))
      throw new IOException("could not write " + file);
    return file;
  }

  /** With rows and columns added that mirror the last ones, as scripts/oracle/model_fixtures.py does it. */
  static ImageProcessor padded(ImageProcessor frame) {
    int width = frame.getWidth();
    int height = frame.getHeight();
    ImageProcessor padded = frame.createProcessor((width + 3) / 4 * 4, (height + 3) / 4 * 4);
    for (int y = 0; y < padded.getHeight(); y++)
      for (int x = 0; x < padded.getWidth(); x++)
        padded.setf(x, y, frame.getf(mirrored(x, width), mirrored(y, height)));
    return padded;
  }

  private static int mirrored(int position, int side) {
    return position < side ? position : 2 * (side - 1) - position;
  }
}
