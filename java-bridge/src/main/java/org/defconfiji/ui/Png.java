package org.defconfiji.ui;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Reads the pictures that the daemon sends. */
public final class Png {
  private Png() {}

  /**
   * Decodes a picture.
   *
   * @return null if there is none or it is damaged
   */
  public static BufferedImage decode(byte[] png) throws IOException {
    return png.length == 0 ? null : ImageIO.read(new ByteArrayInputStream(png));
  }
}
