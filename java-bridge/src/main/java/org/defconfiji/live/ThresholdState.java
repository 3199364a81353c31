package org.defconfiji.live;

/** Where a watched value lies. */
public enum ThresholdState {
  LOW,
  NORMAL,
  HIGH
}
