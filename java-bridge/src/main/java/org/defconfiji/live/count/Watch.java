package org.defconfiji.live.count;

import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.defconfiji.live.LiveCount;

/** The value that the thresholds and the plot watch. */
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

  /** The name in the plot and in the settings. */
  public String title() {
    return title;
  }

  /** The value in macros: "count" or "max". */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The watched value of a count. */
  public double of(LiveCount count) {
    return value.applyAsDouble(count);
  }

  /** The expected error of the value; NaN if unknown. */
  public double errorOf(LiveCount count) {
    return error.applyAsDouble(count);
  }
}
