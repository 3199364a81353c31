package org.defconfiji.control;

import java.util.List;

/** A level that readings have settled at. */
final class Level {
  /** Standard errors within which two means are the same. Consecutive readings are correlated. */
  private static final double SAME = 3;

  final double mean;
  /** The standard deviation of a reading. */
  final double deviation;
  /** The standard error of the mean. */
  private final double error;

  private Level(double mean, double deviation, double error) {
    this.mean = mean;
    this.deviation = deviation;
    this.error = error;
  }

  static Level of(List<Double> values) {
    double sum = 0;
    for (double value : values) sum += value;
    double mean = sum / values.size();
    double squares = 0;
    for (double value : values) squares += (value - mean) * (value - mean);
    double deviation = Math.sqrt(squares / (values.size() - 1));
    return new Level(mean, deviation, deviation / Math.sqrt(values.size()));
  }

  boolean sameAs(Level other) {
    return Math.abs(mean - other.mean) <= SAME * Math.hypot(error, other.error);
  }
}
