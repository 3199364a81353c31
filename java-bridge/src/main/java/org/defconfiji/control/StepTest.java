package org.defconfiji.control;

import java.util.ArrayList;
import java.util.List;

/**
 * Steps the output and watches how readings follow, as far as a controller needs to know it.
 *
 * <p>It waits for steady readings, doubles the output (or halves it, where readings are above the
 * set point), and waits again. The lag is the area between the readings and their last level,
 * divided by the step's height: for a first-order lag this is its time constant.
 */
final class StepTest {
  /** Readings in a window whose mean is compared with that of the next one. */
  static final int WINDOW = 10;
  /** Windows after which readings are taken as they are, steady or not. */
  private static final int MOST_WINDOWS = 8;
  /** The factor by which the output is stepped. */
  private static final double STEP = 2;
  /** Steps that are tried before the output is said to have no effect. */
  private static final int MOST_STEPS = 4;
  private static final double LEAST_GAIN = 0.2;
  private static final double GREATEST_GAIN = 3;

  private final double setPoint;
  private final double least;
  private final double greatest;
  private final double from;
  private final List<Double> values = new ArrayList<>();
  private final List<Double> times = new ArrayList<>();
  private double output;
  private Level before;
  private int steps;
  /** The factor of each step. */
  private double direction;
  private boolean failed;

  /**
   * @param output where the output is to be
   * @param least the smallest output above 0
   */
  StepTest(double setPoint, double output, double least, double greatest) {
    this.setPoint = setPoint;
    this.least = least;
    this.greatest = greatest;
    this.output = bounded(output);
    this.from = this.output;
  }

  /** Where the output is to be. */
  double output() {
    return output;
  }

  /** Whether readings do not follow the output. */
  boolean failed() {
    return failed;
  }

  /**
   * Takes a reading.
   *
   * @param arrived whether the output is where it was to be; a rate limit may hold it up
   * @return null until the response is known
   */
  StepResponse take(double time, double value, boolean arrived) {
    values.add(value);
    times.add(time);
    Level level = arrived ? level() : null;
    if (level == null) return null;
    StepResponse response = response(level);
    if (response == null && steps == MOST_STEPS) failed = true;
    else if (response == null) step(level);
    return response;
  }

  /** Changes the output, each time in the same direction as long as its limits allow. */
  private void step(Level now) {
    if (before == null) {
      before = now;
      direction = now.mean < setPoint ? STEP : 1 / STEP;
    }
    if (bounded(output * direction) == output) direction = 1 / direction;
    output = bounded(output * direction);
    steps++;
    values.clear();
    times.clear();
  }

  /** The response, where readings have followed the output; else null. */
  private StepResponse response(Level after) {
    if (before == null || after.sameAs(before)) return null;
    double span = times.get(times.size() - 1) - times.get(0);
    double interval = span / (times.size() - 1);
    double ratio = Math.log(output / from);
    double change = Math.log(positive(after) / positive(before));
    // By chance, readings may rise while the output falls. A further step tells.
    if (ratio == 0 || change / ratio <= 0) return null;
    double gain = Math.min(GREATEST_GAIN, Math.max(LEAST_GAIN, change / ratio));
    double area = 0;
    for (double value : values) area += (after.mean - value) * interval;
    double lag = Math.min(span, Math.max(interval, area / (after.mean - before.mean)));
    return new StepResponse(gain, lag, interval, after.deviation / positive(after));
  }

  /** The mean. No readings at all stand for half a reading. */
  private double positive(Level level) {
    return Math.max(level.mean, 0.5 / values.size());
  }

  /** The level of the last two windows, once they agree or too many were seen; else null. */
  private Level level() {
    int size = values.size();
    if (size < 2 * WINDOW || size % WINDOW != 0) return null;
    Level last = Level.of(values.subList(size - WINDOW, size));
    boolean same = last.sameAs(Level.of(values.subList(size - 2 * WINDOW, size - WINDOW)));
    if (!same && size < MOST_WINDOWS * WINDOW) return null;
    return same ? Level.of(values.subList(size - 2 * WINDOW, size)) : last;
  }

  private double bounded(double value) {
    return Math.min(greatest, Math.max(least, value));
  }
}
