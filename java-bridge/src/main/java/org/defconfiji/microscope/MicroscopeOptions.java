package org.defconfiji.microscope;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionTable;
import org.defconfiji.options.OptionValues;

/** The options of "Simulated microscope...". */
public final class MicroscopeOptions {
  static final Option SIDE = Option.number("Side of a frame", "64", "width and height of a frame, pixels");
  static final Option EXPOSURE = Option.number("Exposure", "0.03", "time that a frame takes, s");
  static final Option LIGHT = Option.number("Light at the start", "0", "the light until a control sets it, 0 to 100");
  static final Option DISTURBED =
      Option.number("Disturbed at", "", "time at which the light loses effect, s. Without it: never");
  static final Option SEED = Option.number("Seed", "1", "the same seed gives the same sample");

  public static final OptionTable TABLE =
      new OptionTable("Simulated microscope...", SIDE, EXPOSURE, LIGHT, DISTURBED, SEED);

  private static final int MOST_SIDE = 1024;
  private static final double LONGEST = 10;

  private MicroscopeOptions() {}

  /** The arguments of the program. */
  static List<String> arguments(OptionValues values) throws OptionException {
    String side = Integer.toString(values.whole(SIDE, 4, MOST_SIDE));
    List<String> arguments = new ArrayList<>(Arrays.asList("microscope", "--width", side, "--height", side));
    arguments.addAll(Arrays.asList("--exposure", Double.toString(values.number(EXPOSURE, 0.001, LONGEST))));
    arguments.addAll(Arrays.asList("--seed", Integer.toString(values.whole(SEED, 0, Integer.MAX_VALUE))));
    if (!values.text(DISTURBED).isEmpty())
      arguments.addAll(Arrays.asList("--disturbed-at", Double.toString(values.number(DISTURBED, 0, Integer.MAX_VALUE))));
    return arguments;
  }

  /** The light until a control sets it. */
  static double light(OptionValues values) throws OptionException {
    return values.number(LIGHT, 0, 100);
  }
}
