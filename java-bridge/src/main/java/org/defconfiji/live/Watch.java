package org.defconfiji.live;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The value that thresholds and the plot are about. */
enum Watch {
  COUNT("Count", LiveCount::count),
  MAX("Max local count", LiveCount::maxLocalCount);

  private final String title;
  private final ToDoubleFunction<LiveCount> value;

  Watch(String title, ToDoubleFunction<LiveCount> value) {
    this.title = title;
    this.value = value;
  }

  /** For the plot and the settings. */
  String title() {
    return title;
  }

  /** In macros: "count" or "max". */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  double of(LiveCount count) {
    return value.applyAsDouble(count);
  }
}
