package org.defconfiji.batch;

import ij.IJ;
import ij.ImagePlus;
import ij.io.Opener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Opens images as ImageJ does, but without its message boxes. Large tif stacks are opened as
 * virtual.
 */
final class ImageFile {
  /** A tif file that is larger than this share of ImageJ's memory is read slice by slice. */
  private static final double LARGE = 0.25;

  private ImageFile() {}

  /**
   * Opens an image.
   *
   * @throws IOException the file is not an image; the message has ImageJ's reason
   */
  static ImagePlus open(Path path) throws IOException {
    if (!Files.isReadable(path)) throw new IOException("it cannot be read. Check its permissions.");
    IJ.redirectErrorMessages(true);
    ImagePlus image;
    try {
      image = isLarge(path) ? IJ.openVirtual(path.toString()) : quietly(path);
    } catch (RuntimeException damaged) {
      throw new IOException("ImageJ cannot open it: " + damaged + ". Open it by hand to see what is wrong.", damaged);
    } finally {
      IJ.redirectErrorMessages(false);
    }
    if (image == null)
      throw new IOException("ImageJ cannot open it as an image. Open it by hand, or exclude it with the pattern.");
    // The batch counts whole frames. A selection that was saved with the image does not apply.
    image.deleteRoi();
    return image;
  }

  private static ImagePlus quietly(Path path) {
    Opener opener = new Opener();
    opener.setSilentMode(true);
    return opener.openImage(path.toString());
  }

  private static boolean isLarge(Path path) throws IOException {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    boolean tif = name.endsWith(".tif") || name.endsWith(".tiff");
    return tif && Files.size(path) > LARGE * IJ.maxMemory();
  }
}
