package org.defconfiji.files;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in tables, never with an exponent; nothing for NaN. */
public final class Digits {
  /** As many digits as maps of 32 bits can carry. */
  private static final int OF_MAPS = 9;

  private Digits() {}

  /** A value of a map. */
  public static String of(double value) {
    return of(value, OF_MAPS);
  }

  /** @param digits at most */
  public static String of(double value, int digits) {
    if (Double.isNaN(value)) return "";
    if (Double.isInfinite(value)) return Double.toString(value);
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
