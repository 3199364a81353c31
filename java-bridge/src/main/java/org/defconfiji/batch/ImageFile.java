package org.defconfiji.batch;

import ij.IJ;
import ij.ImagePlus;
import ij.io.Opener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Opens images as ImageJ does, without its message boxes; tif stacks that memory has no room for slice by slice. */
final class ImageFile {
  /** Share of ImageJ's memory that a file may take as a whole. */
  private static final double LARGE = 0.25;

  private ImageFile() {}

  /** @throws IOException it is no image, with what ImageJ says of it */
  static ImagePlus open(Path path) throws IOException {
    if (!Files.isReadable(path)) throw new IOException("it may not be read. Check its permissions.");
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
      throw new IOException("ImageJ cannot open it as an image. Open it by hand, or leave it out by the pattern.");
    // A selection that was saved with the image is not the batch's.
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
