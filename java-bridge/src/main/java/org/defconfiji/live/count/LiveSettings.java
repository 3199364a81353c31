package org.defconfiji.live.count;

import ij.Macro;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.options.OptionTable;

/** The settings of a live count. They are stored in the form of a macro's options. */
public final class LiveSettings {
  private static final int DEFAULT_POINTS = 500;
  private static final int MOST_POINTS = 100_000;
  private static final String NO_LOG = "nolog";
  private static final String BEEP = "beep";

  public final String model;
  public final int points;
  public final Watch watch;
  /** The low threshold; NaN if there is none. */
  public final double low;
  /** The high threshold; NaN if there is none. */
  public final double high;
  public final double hysteresis;
  public final boolean beep;
  /** The text of a macro or the path of its file. Empty if there is none. */
  public final String macro;
  public final boolean log;
  public final Path folder;
  public final DensityShown density;

  private LiveSettings(Map<String, String> values, boolean beep, boolean log) throws CommandException {
    this.model = values.get("model");
    this.points = (int) number(values, "points", 2, MOST_POINTS);
    this.watch = choice(values, "watch", Watch.values());
    this.low = threshold(values, "low");
    this.high = threshold(values, "high");
    this.hysteresis = number(values, "hysteresis", 0, Double.MAX_VALUE);
    this.beep = beep;
    this.macro = values.get("macro");
    this.log = log;
    this.folder = Paths.get(values.get("folder"));
    this.density = choice(values, "density", DensityShown.values());
    if (low >= high)
      throw new CommandException(
          "The low threshold, " + low + ", is not below the high one, " + high + ". Change one of them.");
  }

  private static Map<String, String> defaults() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("model", "");
    values.put("points", Integer.toString(DEFAULT_POINTS));
    values.put("watch", Watch.COUNT.key());
    values.put("low", "");
    values.put("high", "");
    values.put("hysteresis", "0");
    values.put("macro", "");
    values.put("folder", Paths.get(System.getProperty("user.home"), "DEFCoN live counts").toString());
    values.put("density", DensityShown.NONE.key());
    return values;
  }

  /** The default settings. */
  public static LiveSettings none() {
    try {
      return parse("");
    } catch (CommandException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Reads the options of a macro, for example "model=defcon high=50 hysteresis=5 beep".
   *
   * @throws CommandException a value is not valid for its key
   */
  public static LiveSettings parse(String options) throws CommandException {
    Map<String, String> values = defaults();
    for (Map.Entry<String, String> entry : values.entrySet())
      entry.setValue(Macro.getValue(options + " ", entry.getKey(), entry.getValue()).trim());
    return new LiveSettings(values, OptionTable.hasWord(options, BEEP), !OptionTable.hasWord(options, NO_LOG));
  }

  /** The settings as a macro's options, without those that have their default value. */
  public String options() {
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("model", model);
    ours.put("points", Integer.toString(points));
    ours.put("watch", watch.key());
    ours.put("low", text(low));
    ours.put("high", text(high));
    ours.put("hysteresis", text(hysteresis));
    ours.put("macro", macro);
    ours.put("folder", folder.toString());
    ours.put("density", density.key());
    StringBuilder options = new StringBuilder();
    Map<String, String> defaults = defaults();
    for (Map.Entry<String, String> entry : ours.entrySet())
      if (!entry.getValue().equals(defaults.get(entry.getKey())))
        options.append(entry.getKey()).append("=[").append(entry.getValue()).append("] ");
    if (beep) options.append(BEEP).append(' ');
    if (!log) options.append(NO_LOG).append(' ');
    return options.toString().trim();
  }

  /** A number as a person types it. Empty for NaN. */
  public static String text(double value) {
    if (Double.isNaN(value)) return "";
    return value == Math.rint(value) && Math.abs(value) < 1e9 ? Long.toString((long) value) : Double.toString(value);
  }

  private static double threshold(Map<String, String> values, String key) throws CommandException {
    return values.get(key).isEmpty() ? Double.NaN : number(values, key, -Double.MAX_VALUE, Double.MAX_VALUE);
  }

  private static double number(Map<String, String> values, String key, double least, double most)
      throws CommandException {
    String text = values.get(key);
    try {
      double value = Double.parseDouble(text);
      if (value >= least && value <= most) return value;
    } catch (NumberFormatException noNumber) {
      throw new CommandException(
          "Live count: " + key + " is '" + text + "', which is not a number. Write " + key + "=10, for example.");
    }
    throw new CommandException(
        "Live count: " + key + " is " + text + "; it must be from " + text(least) + " to " + text(most) + ".");
  }

  private static <T extends Enum<T>> T choice(Map<String, String> values, String key, T[] choices)
      throws CommandException {
    StringBuilder names = new StringBuilder();
    for (T choice : choices) {
      if (choice.name().equalsIgnoreCase(values.get(key))) return choice;
      names.append(names.length() == 0 ? "" : ", ").append(choice.name().toLowerCase(Locale.ROOT));
    }
    throw new CommandException(
        "Live count: " + key + " is '" + values.get(key) + "'; it must be one of " + names + ".");
  }
}
