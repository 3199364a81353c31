package org.defconfiji.live;

import java.util.Locale;

/** Where the density map of the live image is seen. */
enum DensityShown {
  NONE,
  WINDOW,
  OVERLAY;

  /** In macros: "none", "window" or "overlay". */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
