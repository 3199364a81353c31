package org.defconfiji.batch;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers in tables: as many digits as maps of 32 bits can carry, never with an exponent. Nothing for NaN. */
final class Digits {
  private static final MathContext PRECISION = new MathContext(9);

  private Digits() {}

  static String of(double value) {
    if (Double.isNaN(value)) return "";
    BigDecimal rounded = new BigDecimal(value).round(PRECISION);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
