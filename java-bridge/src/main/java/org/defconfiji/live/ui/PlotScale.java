package org.defconfiji.live.ui;

/** The value axis of a plot, from 0 or below to a round number above all values. */
final class PlotScale {
  private static final double[] STEPS = {1, 2, 5, 10};
  private static final int MOST_TICKS = 5;

  final double from;
  final double to;
  final double step;

  private PlotScale(double from, double to, double step) {
    this.from = from;
    this.to = to;
    this.step = step;
  }

  /**
   * Chooses the axis.
   *
   * @param series the values to show; NaN is left out
   */
  static PlotScale of(double[]... series) {
    double least = 0;
    double most = 1e-3;
    for (double[] some : series)
      for (double value : some) {
        if (Double.isNaN(value)) continue;
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    double step = step((most - least) / MOST_TICKS);
    return new PlotScale(Math.floor(least / step) * step, Math.ceil(most / step) * step, step);
  }

  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double step : STEPS) if (step * power >= least) return step * power;
    return 10 * power;
  }
}
