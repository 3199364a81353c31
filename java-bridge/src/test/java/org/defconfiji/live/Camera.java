package org.defconfiji.live;

import java.util.Random;

/** Simulates a 16-bit camera that sees blinking molecules: spots of light on a noisy background. */
public final class Camera {
  private static final int FRAMES = 60;
  private static final double SIGMA = 1.3;

  private final int width;
  private final short[][] frames = new short[FRAMES][];

  /** @param molecules the mean number in a frame */
  public Camera(int width, int height, int molecules, long seed) {
    this.width = width;
    Random random = new Random(seed);
    for (int frame = 0; frame < FRAMES; frame++) {
      double[] light = new double[width * height];
      // The number of molecules rises and falls, and so does the count.
      int now = (int) Math.round(molecules * (1 + 0.5 * Math.sin(2 * Math.PI * frame / FRAMES)));
      for (int i = 0; i < now; i++) spot(light, random.nextDouble() * width, random.nextDouble() * height, 900);
      short[] pixels = new short[light.length];
      for (int i = 0; i < light.length; i++)
        pixels[i] = (short) Math.max(0, 200 + light[i] + random.nextGaussian() * (12 + Math.sqrt(light[i])));
      frames[frame] = pixels;
    }
  }

  private void spot(double[] light, double x, double y, double photons) {
    int height = light.length / width;
    for (int row = (int) Math.max(0, y - 5); row < Math.min(height, y + 6); row++)
      for (int column = (int) Math.max(0, x - 5); column < Math.min(width, x + 6); column++) {
        double distance = (column - x) * (column - x) + (row - y) * (row - y);
        light[row * width + column] += photons * Math.exp(-distance / (2 * SIGMA * SIGMA));
      }
  }

  /**
   * Writes a frame into an image's pixels.
   *
   * @param number any; the frames repeat
   */
  public void expose(short[] pixels, long number) {
    System.arraycopy(frames[(int) (number % FRAMES)], 0, pixels, 0, pixels.length);
  }

  short[] frame(int number) {
    return frames[number % FRAMES].clone();
  }
}
