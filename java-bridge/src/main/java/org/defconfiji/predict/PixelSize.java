package org.defconfiji.predict;

import ij.measure.Calibration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The size of an image's pixels as streams tell of it. */
public final class PixelSize {
  /** What {@link #of} says where nothing is known. */
  static final double UNKNOWN = 0;

  /** Sides of pixels in a sample, nm: others are of a screen or a printer. */
  private static final double LEAST = 10;

  private static final double MOST = 10_000;
  /** Ratio of the sides of a pixel that is not square, less 1. */
  private static final double SQUARE = 1e-3;

  private static final Map<String, Double> NM_PER_UNIT = units();

  private PixelSize() {}

  /** The units of length that programs write. */
  private static Map<String, Double> units() {
    Map<String, Double> units = new HashMap<>();
    units.put("nm", 1.0);
    // The sign for micro, and the Greek letter as some write it.
    for (String micron : new String[] {"\u00B5m", "\u03BCm", "um", "micron", "microns"}) units.put(micron, 1e3);
    units.put("mm", 1e6);
    units.put("cm", 1e7);
    return Collections.unmodifiableMap(units);
  }

  /** Side of a pixel, nm; {@link #UNKNOWN} where the calibration does not have it, and for pixels that are not square. */
  public static double of(Calibration calibration) {
    Double scale = NM_PER_UNIT.get(calibration.getUnit());
    if (scale == null || !calibration.getYUnit().equals(calibration.getUnit())) return UNKNOWN;
    boolean square = Math.abs(calibration.pixelWidth / calibration.pixelHeight - 1) <= SQUARE;
    double side = calibration.pixelWidth * scale;
    return square && side >= LEAST && side <= MOST ? side : UNKNOWN;
  }
}
