package org.defconfiji.options;

import java.util.HashMap;
import java.util.Map;

/** The values of a command's options, from its dialog or a macro. */
public final class OptionValues {
  private final String command;
  private final Map<String, String> values = new HashMap<>();

  OptionValues(String command) {
    this.command = command;
  }

  void put(Option row, String value) {
    values.put(row.key(), value);
  }

  /** The value. Empty if it was not given and has no default. */
  public String text(Option row) {
    return values.getOrDefault(row.key(), "");
  }

  /** Whether a flag is set. */
  public boolean flag(Option row) {
    return !text(row).isEmpty();
  }

  /**
   * The value, which must not be empty.
   *
   * @throws OptionException it is empty
   */
  public String required(Option row) throws OptionException {
    String value = text(row);
    if (!value.isEmpty()) return value;
    throw new OptionException(
        command + ": expected " + row.meaning() + ", found nothing. Fill in '" + row.label() + "', or in a macro "
            + row.key() + "=[...].");
  }

  /**
   * The chosen word.
   *
   * @throws OptionException it is not one of the option's words
   */
  public String choice(Option row) throws OptionException {
    String value = text(row);
    for (String word : row.choices()) if (word.equals(value)) return value;
    throw new OptionException(
        command + ", " + row.key() + ": expected one of " + String.join(", ", row.choices()) + ", found '" + value
            + "'. Correct it.");
  }

  /**
   * The value as a number.
   *
   * @throws OptionException it is not a number from least to most
   */
  public double number(Option row, double least, double most) throws OptionException {
    String value = text(row);
    try {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException notANumber) {
      throw wrongNumber(row, least, most, value);
    }
    throw wrongNumber(row, least, most, value);
  }

  /**
   * The value as a whole number.
   *
   * @throws OptionException it is not a whole number from least to most
   */
  public int whole(Option row, int least, int most) throws OptionException {
    double number = number(row, least, most);
    if (number == Math.rint(number)) return (int) number;
    throw wrongNumber(row, least, most, text(row));
  }

  private OptionException wrongNumber(Option row, double least, double most, String found) {
    String range = most < Integer.MAX_VALUE ? plain(least) + " to " + plain(most) : plain(least) + " upwards";
    return new OptionException(
        command + ", " + row.key() + ": expected a number from " + range + ", found '" + found + "'. Correct it.");
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
