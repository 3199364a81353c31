package org.defconfiji.control;

/** The numbers of a controller, as docs/control.md explains them. */
public enum ControlNumber {
  SET_POINT("setPoint", "Set point", Double.NaN, Double.MIN_VALUE, Double.MAX_VALUE),
  OUTPUT("output", "Output (by hand, at start)", Double.NaN, 0, Double.MAX_VALUE),
  OUTPUT_MIN("outputMin", "Least output", 0, 0, Double.MAX_VALUE),
  OUTPUT_MAX("outputMax", "Greatest output", 100, Double.MIN_VALUE, Double.MAX_VALUE),
  SAFE_OUTPUT("safeOutput", "Safe output", 0, 0, Double.MAX_VALUE),
  MAX_CHANGE("maxChange", "Most change per s (of range)", 5, Double.MIN_VALUE, Double.MAX_VALUE),
  DEADBAND("deadband", "Deadband (of output)", 0.03, 0, 1),
  LOST_AFTER("lostAfter", "Safe without counts for (s)", 2, Double.MIN_VALUE, Double.MAX_VALUE),
  IMPLAUSIBLE_ABOVE("implausibleAbove", "Implausible (set points)", 20, Double.MIN_VALUE, Double.MAX_VALUE);

  private final String key;
  private final String title;
  private final double usual;
  private final double least;
  private final double most;

  ControlNumber(String key, String title, double usual, double least, double most) {
    this.key = key;
    this.title = title;
    this.usual = usual;
    this.least = least;
    this.most = most;
  }

  /** The name in the library: "outputMax". */
  public String key() {
    return key;
  }

  /** The name in dialogs. */
  public String title() {
    return title;
  }

  /** The default; NaN if the number must be given or follows from others. */
  public double usual() {
    return usual;
  }

  boolean allows(double value) {
    return value >= least && value <= most;
  }

  String expected() {
    if (most < Double.MAX_VALUE) return "a number from 0 to 1";
    return least > 0 ? "a number above 0" : "a number of at least 0";
  }
}
