package org.defconfiji.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;

/** The fields that say how a table of emitters is read, and the program's own options for them. */
final class TableFlags {
  private static final double MOST = Integer.MAX_VALUE;
  private static final double LEAST_SIGMA = 0.5;

  private static final Map<Option, String> FLAGS = new LinkedHashMap<>();

  static {
    FLAGS.put(TrainOptions.SIGMA, "--sigma");
    FLAGS.put(TrainOptions.THRESHOLD, "--threshold");
    FLAGS.put(TrainOptions.PIXEL, "--pixel-size");
    FLAGS.put(TrainOptions.FRAMES, "--frames-from");
    FLAGS.put(TrainOptions.COLUMNS, "--columns");
    FLAGS.put(TrainOptions.UNIT, "--unit");
    FLAGS.put(TrainOptions.ORIGIN, "--origin");
  }

  private TableFlags() {}

  /**
   * The program's options for what the user gave.
   *
   * @throws OptionException a number is wrong
   */
  static List<String> of(OptionValues values) throws OptionException {
    List<String> flags = new ArrayList<>();
    for (Map.Entry<Option, String> entry : FLAGS.entrySet()) {
      Option row = entry.getKey();
      if (isSilent(row, values.text(row))) continue;
      flags.add(entry.getValue());
      flags.add(value(row, values));
    }
    return flags;
  }

  /** Whether a value leaves it to the program, which follows the table's format. */
  private static boolean isSilent(Option row, String value) {
    // The program's own threshold is in photons, and is not applied to a table in other units.
    if (row == TrainOptions.THRESHOLD) return value.equals(row.absent());
    return value.isEmpty() || value.equals(TrainOptions.AS_THE_FORMAT);
  }

  private static String value(Option row, OptionValues values) throws OptionException {
    if (row == TrainOptions.FRAMES) return Integer.toString(values.whole(row, 0, Integer.MAX_VALUE));
    if (row.kind() != Option.Kind.NUMBER) return values.text(row);
    return Double.toString(values.number(row, row == TrainOptions.SIGMA ? LEAST_SIGMA : 0, MOST));
  }

  /** A message of the program in which its options have the names of the dialog's fields. */
  static String asFields(String message) {
    String told = message;
    for (Map.Entry<Option, String> entry : FLAGS.entrySet())
      told = told.replaceAll(entry.getValue() + "\\b", "'" + entry.getKey().label() + "'");
    if (told.contains("--channel") || told.contains("--replace-invalid"))
      return told + " In this window: open the stack in Fiji, correct it there, and leave '"
          + TrainOptions.STACK.label() + "' empty.";
    if (told.contains("--salvage") || told.contains("--truth-format"))
      return told + " That is an option of the command line: defcon-fiji dataset add.";
    return told;
  }
}
