package org.defconfiji.control;

/** What a set point is a value of. */
public enum Quantity {
  COUNT("count", "Count"),
  DENSITY("density", "Molecules per \u00B5m\u00B2"),
  MAX_LOCAL_COUNT("max-local-count", "Max local count");

  private final String key;
  private final String title;

  Quantity(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** The name in macros and on the command line: "max-local-count". */
  public String key() {
    return key;
  }

  /** The name in dialogs. */
  public String title() {
    return title;
  }

  @Override
  public String toString() {
    return title;
  }

  /**
   * The reading of a controller from a frame's counts.
   *
   * @param pixels of the frame
   * @param pixelSize side of a pixel, nm; 0: unknown
   * @return NaN for a density of pixels whose size is not known
   */
  public double of(double count, double maxLocalCount, long pixels, double pixelSize) {
    if (this == COUNT) return count;
    if (this == MAX_LOCAL_COUNT) return maxLocalCount;
    double side = pixelSize / 1000;
    return pixelSize > 0 ? count / (pixels * side * side) : Double.NaN;
  }
}
