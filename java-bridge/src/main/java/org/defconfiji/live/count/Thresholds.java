package org.defconfiji.live.count;

import org.defconfiji.live.ThresholdState;

/**
 * A lower and an upper bound that do not flicker: a value that has crossed one has to come back by the hysteresis
 * before it is normal again. Used by one thread.
 */
final class Thresholds {
  private final double low;
  private final double high;
  private final double hysteresis;
  private ThresholdState state = ThresholdState.NORMAL;

  /** @param low NaN: none @param high NaN: none @param hysteresis 0 or more, in the value's own unit */
  Thresholds(double low, double high, double hysteresis) {
    this.low = low;
    this.high = high;
    this.hysteresis = hysteresis;
  }

  /** The state after a value. */
  ThresholdState after(double value) {
    if (value > high) state = ThresholdState.HIGH;
    else if (value < low) state = ThresholdState.LOW;
    else if (state == ThresholdState.HIGH && value < high - hysteresis) state = ThresholdState.NORMAL;
    else if (state == ThresholdState.LOW && value > low + hysteresis) state = ThresholdState.NORMAL;
    return state;
  }
}
