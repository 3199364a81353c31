package org.defconfiji.predict;

import ij.measure.Calibration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The side of an image's pixels in nm, which streams send to the daemon. */
public final class PixelSize {
  /** The result of {@link #of} if the size is not known. */
  static final double UNKNOWN = 0;

  /** The smallest side of a pixel in a sample, nm. Others belong to a screen or a printer. */
  private static final double LEAST = 10;

  private static final double MOST = 10_000;
  /** A pixel counts as square if the ratio of its sides differs from 1 by at most this. */
  private static final double SQUARE = 1e-3;

  private static final Map<String, Double> NM_PER_UNIT = units();

  private PixelSize() {}

  /** The units of length that programs write, in nm. */
  private static Map<String, Double> units() {
    Map<String, Double> units = new HashMap<>();
    units.put("nm", 1.0);
    // Programs write the micro sign or the Greek letter mu.
    for (String micron : new String[] {"\u00B5m", "\u03BCm", "um", "micron", "microns"}) units.put(micron, 1e3);
    units.put("mm", 1e6);
    units.put("cm", 1e7);
    return Collections.unmodifiableMap(units);
  }

  /**
   * The side of a pixel, nm.
   *
   * @return {@link #UNKNOWN} if the calibration lacks it or the pixels are not square
   */
  public static double of(Calibration calibration) {
    Double scale = NM_PER_UNIT.get(calibration.getUnit());
    if (scale == null || !calibration.getYUnit().equals(calibration.getUnit())) return UNKNOWN;
    boolean square = Math.abs(calibration.pixelWidth / calibration.pixelHeight - 1) <= SQUARE;
    double side = calibration.pixelWidth * scale;
    return square && side >= LEAST && side <= MOST ? side : UNKNOWN;
  }
}
