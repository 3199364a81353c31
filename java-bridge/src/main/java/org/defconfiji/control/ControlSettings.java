package org.defconfiji.control;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.defconfiji.DefconException;

/** The settings of a controller, complete and checked. Outputs are in the unit of the light. */
public final class ControlSettings {
  /** Where the output starts that is not given, as a share of its range. */
  private static final double START_SHARE = 0.1;

  private final ControlMode mode;
  private final Map<ControlNumber, Double> values;

  private ControlSettings(ControlMode mode, Map<ControlNumber, Double> values) {
    this.mode = mode;
    this.values = values;
  }

  /**
   * Completes settings with the defaults, and checks each alone and all together.
   *
   * @param given the set point, and what differs from the defaults
   * @throws ControlException a number has a value that it cannot have
   */
  public static ControlSettings of(ControlMode mode, Map<ControlNumber, Double> given) throws ControlException {
    Map<ControlNumber, Double> all = new EnumMap<>(ControlNumber.class);
    for (ControlNumber number : ControlNumber.values())
      if (!Double.isNaN(number.usual())) all.put(number, number.usual());
    all.putAll(given);
    for (ControlNumber number : ControlNumber.values()) {
      Double value = all.get(number);
      boolean follows = value == null && number == ControlNumber.OUTPUT;
      if (!follows && (value == null || !number.allows(value))) throw wrong(number, number.expected(), value);
    }
    double least = all.get(ControlNumber.OUTPUT_MIN);
    double greatest = all.get(ControlNumber.OUTPUT_MAX);
    if (!(greatest > least)) throw wrong(ControlNumber.OUTPUT_MAX, "above the least output, " + least, greatest);
    all.putIfAbsent(ControlNumber.OUTPUT, least + START_SHARE * (greatest - least));
    double output = all.get(ControlNumber.OUTPUT);
    if (output < least || output > greatest)
      throw wrong(ControlNumber.OUTPUT, "from " + least + " to " + greatest + ", its limits", output);
    double safe = all.get(ControlNumber.SAFE_OUTPUT);
    if (safe > greatest) throw wrong(ControlNumber.SAFE_OUTPUT, "at most the greatest output, " + greatest, safe);
    return new ControlSettings(mode, Collections.unmodifiableMap(all));
  }

  public ControlMode mode() {
    return mode;
  }

  public double get(ControlNumber number) {
    return values.get(number);
  }

  /** All numbers. */
  public Map<ControlNumber, Double> numbers() {
    return values;
  }

  private static ControlException wrong(ControlNumber number, String expected, Double found) {
    String value = found == null ? "nothing" : found.toString();
    return new ControlException(
        "Control: " + number.title() + " must be " + expected + ", found " + value + ". docs/control.md lists all settings.");
  }

  /** A setting of a controller has a value that it cannot have. */
  public static final class ControlException extends DefconException {
    ControlException(String message) {
      super(message);
    }
  }
}
