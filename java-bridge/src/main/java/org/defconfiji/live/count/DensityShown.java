package org.defconfiji.live.count;

import java.util.Locale;

/** Where the density map of the live image is seen. */
public enum DensityShown {
  NONE,
  WINDOW,
  OVERLAY;

  /** In macros: "none", "window" or "overlay". */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
