package org.defconfiji.live.count;

import org.defconfiji.live.ThresholdState;

/**
 * A low and a high threshold with hysteresis, so that the state does not flicker. Not thread-safe.
 *
 * <p>A value that has crossed a threshold must come back by the hysteresis to be normal again.
 */
final class Thresholds {
  private final double low;
  private final double high;
  private final double hysteresis;
  private ThresholdState state = ThresholdState.NORMAL;

  /**
   * @param low NaN if there is none
   * @param high NaN if there is none
   * @param hysteresis 0 or more, in the unit of the value
   */
  Thresholds(double low, double high, double hysteresis) {
    this.low = low;
    this.high = high;
    this.hysteresis = hysteresis;
  }

  /** Takes the next value and returns the state after it. */
  ThresholdState after(double value) {
    if (value > high) state = ThresholdState.HIGH;
    else if (value < low) state = ThresholdState.LOW;
    else if (state == ThresholdState.HIGH && value < high - hysteresis) state = ThresholdState.NORMAL;
    else if (state == ThresholdState.LOW && value > low + hysteresis) state = ThresholdState.NORMAL;
    return state;
  }
}
