package org.defconfiji.live.count;

import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.defconfiji.live.LiveCount;

/** The value that thresholds and the plot are about. */
public enum Watch {
  COUNT("Count", LiveCount::count, LiveCount::countError),
  MAX("Max local count", LiveCount::maxLocalCount, LiveCount::maxLocalCountError);

  private final String title;
  private final ToDoubleFunction<LiveCount> value;
  private final ToDoubleFunction<LiveCount> error;

  Watch(String title, ToDoubleFunction<LiveCount> value, ToDoubleFunction<LiveCount> error) {
    this.title = title;
    this.value = value;
    this.error = error;
  }

  /** For the plot and the settings. */
  public String title() {
    return title;
  }

  /** In macros: "count" or "max". */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  public double of(LiveCount count) {
    return value.applyAsDouble(count);
  }

  /** The error that is to be expected of the value; NaN where it is not known. */
  public double errorOf(LiveCount count) {
    return error.applyAsDouble(count);
  }
}
