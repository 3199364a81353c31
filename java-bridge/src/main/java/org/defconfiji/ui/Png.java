package org.defconfiji.ui;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Pictures that the daemon sends. */
public final class Png {
  private Png() {}

  /** @return null where there is none, or one that is damaged */
  public static BufferedImage decode(byte[] png) throws IOException {
    return png.length == 0 ? null : ImageIO.read(new ByteArrayInputStream(png));
  }
}
