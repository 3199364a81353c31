package org.defconfiji.predict;

import ij.process.FloatProcessor;

/** Sums a density map over squares. */
public final class LocalCounts {
  private LocalCounts() {}

  /**
   * Sums over all box x box squares that lie inside the map, with stride 1.
   *
   * @param density molecules per pixel, width x height
   * @param box side of a square, pixels
   * @return (width - box + 1) x (height - box + 1) sums; pixel (x, y) is the square whose top left
   *     corner is there
   * @throws NoLocalCountMapException the box is smaller than 1 or larger than the map
   */
  static FloatProcessor map(FloatProcessor density, int box) throws NoLocalCountMapException {
    int width = density.getWidth();
    int height = density.getHeight();
    if (box < 1 || box > Math.min(width, height))
      throw new NoLocalCountMapException(
          "A square of " + box + " x " + box + " pixels does not fit into a frame of " + width + " x " + height
              + ". Choose a side from 1 to " + Math.min(width, height) + ".");
    return vertical(horizontal((float[]) density.getPixels(), width, height, box), width - box + 1, height, box);
  }

  /** The largest sum of {@link #map}. */
  public static double maximum(FloatProcessor density, int box) throws NoLocalCountMapException {
    float largest = Float.NEGATIVE_INFINITY;
    for (float sum : (float[]) map(density, box).getPixels()) largest = Math.max(largest, sum);
    return largest;
  }

  private static double[] horizontal(float[] density, int width, int height, int box) {
    int columns = width - box + 1;
    double[] sums = new double[columns * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < columns; x++) {
        double sum = 0;
        for (int i = 0; i < box; i++) sum += density[y * width + x + i];
        sums[y * columns + x] = sum;
      }
    }
    return sums;
  }

  private static FloatProcessor vertical(double[] rows, int columns, int height, int box) {
    int lines = height - box + 1;
    float[] sums = new float[columns * lines];
    for (int y = 0; y < lines; y++) {
      for (int x = 0; x < columns; x++) {
        double sum = 0;
        for (int i = 0; i < box; i++) sum += rows[(y + i) * columns + x];
        sums[y * columns + x] = (float) sum;
      }
    }
    return new FloatProcessor(columns, lines, sums);
  }
}
