package org.defconfiji.live.count;

import ij.Macro;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.Quantity;

/** What is steered in a live count, and how. It is stored in the form of a macro's options. */
public final class ControlOptions {
  public final ControlMode mode;
  public final Quantity quantity;
  /** The numbers that were given. The others have their defaults. */
  public final Map<ControlNumber, Double> numbers;
  /** The text of a macro or the path of its file, run at each change. Empty if there is none. */
  public final String macro;

  private ControlOptions(ControlMode mode, Quantity quantity, Map<ControlNumber, Double> numbers, String macro) {
    this.mode = mode;
    this.quantity = quantity;
    this.numbers = numbers;
    this.macro = macro;
  }

  /** A set point of 10 molecules, for whoever has chosen nothing yet. */
  public static ControlOptions first() {
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    numbers.put(ControlNumber.SET_POINT, 10.0);
    return new ControlOptions(ControlMode.PI, Quantity.COUNT, numbers, "");
  }

  /** The default options, without a set point. */
  public static ControlOptions none() {
    return new ControlOptions(ControlMode.PI, Quantity.COUNT, new EnumMap<>(ControlNumber.class), "");
  }

  /** A number as a person types it: what was given, or its default. Empty if there is neither. */
  public String text(ControlNumber number) {
    return LiveSettings.text(numbers.getOrDefault(number, number.usual()));
  }

  /**
   * Reads the options of a macro, for example "setpoint=10 mode=pi outputmax=20".
   *
   * @param before has the values of the keys that are left out
   * @throws CommandException a value is not valid for its key
   */
  public static ControlOptions parse(String options, ControlOptions before) throws CommandException {
    Map<ControlNumber, Double> numbers = new EnumMap<>(before.numbers);
    for (ControlNumber number : ControlNumber.values()) {
      String text = value(options, key(number), "");
      if (!text.isEmpty()) numbers.put(number, number(key(number), text));
    }
    ControlMode mode = before.mode;
    String modes = value(options, "mode", mode.key());
    for (ControlMode each : ControlMode.values()) if (each.key().equals(modes)) mode = each;
    if (!mode.key().equals(modes)) throw wrong("mode", modes, "manual, pi or inverse-threshold");
    Quantity quantity = before.quantity;
    String quantities = value(options, "quantity", quantity.key());
    for (Quantity each : Quantity.values()) if (each.key().equals(quantities)) quantity = each;
    if (!quantity.key().equals(quantities)) throw wrong("quantity", quantities, "count, density or max-local-count");
    ControlOptions parsed = new ControlOptions(mode, quantity, numbers, value(options, "macro", before.macro));
    parsed.settings();
    return parsed;
  }

  /** The settings of the controller. @throws CommandException they cannot be */
  public ControlSettings settings() throws CommandException {
    try {
      return ControlSettings.of(mode, numbers);
    } catch (ControlSettings.ControlException wrong) {
      throw new CommandException(wrong.getMessage());
    }
  }

  /** The same as a macro's options. */
  public String options() {
    StringBuilder text = new StringBuilder("mode=" + mode.key() + " quantity=" + quantity.key());
    for (Map.Entry<ControlNumber, Double> number : numbers.entrySet())
      text.append(' ').append(key(number.getKey())).append('=').append(LiveSettings.text(number.getValue()));
    if (!macro.isEmpty()) text.append(" macro=[").append(macro).append(']');
    return text.toString();
  }

  /** The key of a number in macros: "outputmax". */
  public static String key(ControlNumber number) {
    return number.key().toLowerCase(Locale.ROOT);
  }

  private static String value(String options, String key, String absent) {
    return Macro.getValue(options + " ", key, absent).trim();
  }

  private static double number(String key, String text) throws CommandException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException noNumber) {
      throw wrong(key, text, "a number");
    }
  }

  private static CommandException wrong(String key, String found, String expected) {
    return new CommandException("Control: " + key + " is '" + found + "'; it must be " + expected + ".");
  }
}
