package org.defconfiji.files;

import ij.ImagePlus;
import ij.io.FileSaver;
import java.io.IOException;
import java.nio.file.Path;

/** An image that is open, written as a tif file with the values and the calibration that it has. */
public final class TifCopy {
  private TifCopy() {}

  /** Writes the copy; the image stays what it is. */
  public static void write(ImagePlus image, Path path) throws IOException {
    // A saver gives the image that it saves the file's name and marks it as unchanged: so it gets another one of the same pixels.
    ImagePlus same = new ImagePlus(image.getTitle(), image.getStack());
    same.setCalibration(image.getCalibration());
    FileSaver saver = new FileSaver(same);
    boolean written =
        same.getStackSize() > 1 ? saver.saveAsTiffStack(path.toString()) : saver.saveAsTiff(path.toString());
    if (!written)
      throw new IOException(path + ": expected a file that can be written. Free space, or choose another folder.");
  }
}
