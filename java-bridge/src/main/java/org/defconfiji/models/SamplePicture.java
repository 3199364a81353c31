package org.defconfiji.models;

import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Random;
import org.defconfiji.ui.Viridis;
import org.defconfiji.wire.WireException;

/** A simulated frame beside its density map, for models without a picture of their own. */
final class SamplePicture {
  private static final int SIDE = 64;
  private static final int SCALE = 3;
  private static final int GAP = 6;
  private static final long SEED = 7;
  private static final int MOLECULES = 22;
  /** Standard deviation of a molecule's image, pixels. */
  private static final double SPOT = 1.2;
  private static final double BACKGROUND = 40;
  private static final double PEAK = 90;

  private SamplePicture() {}

  /** Draws the picture. Waits for the daemon. */
  static BufferedImage of(Library library, String model) throws WireException {
    ByteProcessor frame = frame();
    FloatProcessor density = library.density(model, (byte[]) frame.getPixels(), SIDE, SIDE);
    density.setLut(Viridis.lut());
    density.resetMinAndMax();
    frame.resetMinAndMax();
    BufferedImage picture =
        new BufferedImage(2 * SIDE * SCALE + GAP, SIDE * SCALE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.drawImage(enlarged(frame), 0, 0, null);
    graphics.drawImage(enlarged(density), SIDE * SCALE + GAP, 0, null);
    graphics.dispose();
    return picture;
  }

  private static BufferedImage enlarged(ImageProcessor processor) {
    processor.setInterpolationMethod(ImageProcessor.NONE);
    ImageProcessor large = processor.resize(SIDE * SCALE);
    large.setMinAndMax(processor.getMin(), processor.getMax());
    return large.getBufferedImage();
  }

  /** Simulates molecules with photon noise. The frame is the same each time. */
  private static ByteProcessor frame() {
    Random random = new Random(SEED);
    double[] light = new double[SIDE * SIDE];
    Arrays.fill(light, BACKGROUND);
    for (int molecule = 0; molecule < MOLECULES; molecule++) {
      double x = random.nextDouble() * SIDE;
      double y = random.nextDouble() * SIDE;
      double peak = PEAK * (0.6 + 0.8 * random.nextDouble());
      for (int i = 0; i < light.length; i++) {
        double square = Math.pow(i % SIDE + 0.5 - x, 2) + Math.pow(i / SIDE + 0.5 - y, 2);
        light[i] += peak * Math.exp(-square / (2 * SPOT * SPOT));
      }
    }
    byte[] pixels = new byte[light.length];
    for (int i = 0; i < pixels.length; i++) {
      double noisy = light[i] + random.nextGaussian() * Math.sqrt(light[i]);
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(noisy)));
    }
    return new ByteProcessor(SIDE, SIDE, pixels);
  }
}
