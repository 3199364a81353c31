package org.defconfiji.live;

/** Where the watched value lies between the thresholds of a live count. */
public enum ThresholdState {
  /** Below the low threshold, or not yet back above it by the hysteresis. */
  LOW,
  /** Between the thresholds, or no threshold is set. */
  NORMAL,
  /** Above the high threshold, or not yet back below it by the hysteresis. */
  HIGH
}
