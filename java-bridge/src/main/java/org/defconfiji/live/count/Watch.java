package org.defconfiji.live.count;

import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.defconfiji.control.Quantity;
import org.defconfiji.live.LiveCount;

/** The value that the thresholds and the plot watch. */
public enum Watch {
  COUNT("Count", Quantity.COUNT, LiveCount::count, LiveCount::countError),
  MAX("Max local count", Quantity.MAX_LOCAL_COUNT, LiveCount::maxLocalCount, LiveCount::maxLocalCountError);

  private final String title;
  private final Quantity quantity;
  private final ToDoubleFunction<LiveCount> value;
  private final ToDoubleFunction<LiveCount> error;

  Watch(String title, Quantity quantity, ToDoubleFunction<LiveCount> value, ToDoubleFunction<LiveCount> error) {
    this.title = title;
    this.quantity = quantity;
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

  /** What a set point on the watched value is a value of. */
  public Quantity quantity() {
    return quantity;
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
