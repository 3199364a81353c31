package org.defconfiji.live.ui;

import ij.process.LUT;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import org.defconfiji.ui.Viridis;

/** Colours a density map with viridis. Fewer molecules are more transparent. Not thread-safe. */
final class DensityColours {
  private static final int LEVELS = 256;
  /** The opacity of the brightest colour, of 255. Spots below it stay visible. */
  private static final int LEAST_TRANSPARENT = 200;
  /** The range shrinks by this factor per map. A faster range would flicker. */
  private static final double FALL = 0.97;

  private final int[] colours = new int[LEVELS];
  private double top;

  DensityColours() {
    LUT viridis = Viridis.lut();
    for (int level = 0; level < LEVELS; level++) {
      int alpha = Math.min(LEAST_TRANSPARENT, level * 3);
      colours[level] = alpha << 24 | viridis.getRGB(level) & 0xffffff;
    }
  }

  /** Takes the next map and returns the value of the brightest colour. */
  double top(float[] density) {
    double largest = 1e-6;
    for (float value : density) largest = Math.max(largest, value);
    top = Math.max(largest, top * FALL);
    return top;
  }

  BufferedImage picture(float[] density, int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    int[] pixels = ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    double scale = (LEVELS - 1) / top(density);
    for (int i = 0; i < pixels.length; i++) {
      int level = (int) (density[i] * scale);
      pixels[i] = colours[level < 0 ? 0 : Math.min(level, LEVELS - 1)];
    }
    return picture;
  }
}
