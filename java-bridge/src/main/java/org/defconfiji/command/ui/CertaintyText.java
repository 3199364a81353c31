package org.defconfiji.command.ui;

import java.util.Locale;
import org.defconfiji.wire.Certainty;

/** A count and its certainty, in words. */
public final class CertaintyText {
  private CertaintyText() {}

  /** For example "12.3 ± 1.1 molecules, unlike the training: spots are out of focus". */
  public static String of(double count, Certainty certainty) {
    String error = plusMinus("%.1f", certainty.countError());
    return String.format(Locale.ROOT, "%.1f", count)
        + (error.isEmpty() ? "" : " " + error)
        + " molecules"
        + (certainty.unlike().isEmpty() ? "" : ", unlike the training: " + certainty.unlike());
  }

  /** For example "± 1.1". Empty if the error is not known. */
  public static String plusMinus(String format, double error) {
    return Double.isNaN(error) ? "" : "\u00B1 " + String.format(Locale.ROOT, format, error);
  }
}
