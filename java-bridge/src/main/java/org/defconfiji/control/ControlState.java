package org.defconfiji.control;

import java.util.Locale;

/** What a controller is doing. */
public enum ControlState {
  /** No reading has come yet. */
  WAITING,
  /** The output is as it was put by hand. */
  MANUAL,
  /** The output is stepped to see how readings follow. */
  TUNING,
  HOLDING,
  /** The output is the safe one. */
  SAFE;

  /** The name in macros and logs: "holding". */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
