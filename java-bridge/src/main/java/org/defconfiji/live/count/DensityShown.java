package org.defconfiji.live.count;

import java.util.Locale;

/** Where the density map of the live image is shown. */
public enum DensityShown {
  NONE,
  WINDOW,
  OVERLAY;

  /** The value in macros: "none", "window" or "overlay". */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
