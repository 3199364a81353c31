package org.defconfiji.files;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in tables: no exponents, and an empty cell for NaN. */
public final class Digits {
  /** The number of significant digits of a 32-bit value. */
  private static final int OF_MAPS = 9;

  private Digits() {}

  /** Formats a value of a density map. */
  public static String of(double value) {
    return of(value, OF_MAPS);
  }

  /**
   * Formats a number.
   *
   * @param digits the most significant digits to write
   */
  public static String of(double value, int digits) {
    if (Double.isNaN(value)) return "";
    if (Double.isInfinite(value)) return Double.toString(value);
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
