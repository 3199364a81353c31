package org.defconfiji.files;

import ij.ImagePlus;
import ij.io.FileSaver;
import java.io.IOException;
import java.nio.file.Path;

/** Writes an open image to a tif file, with its pixel values and calibration. */
public final class TifCopy {
  private TifCopy() {}

  /** Writes the file. The image itself does not change. */
  public static void write(ImagePlus image, Path path) throws IOException {
    // ImageJ's saver renames the image it saves and marks it as saved. A second image avoids that.
    ImagePlus same = new ImagePlus(image.getTitle(), image.getStack());
    same.setCalibration(image.getCalibration());
    FileSaver saver = new FileSaver(same);
    boolean written =
        same.getStackSize() > 1 ? saver.saveAsTiffStack(path.toString()) : saver.saveAsTiff(path.toString());
    if (!written)
      throw new IOException(path + ": expected a file that can be written. Free space, or choose another folder.");
  }
}
