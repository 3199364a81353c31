package org.defconfiji.train;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of "Tune to my data...". */
public final class TuneOptions {
  static final Option MINUTES =
      Option.number("Minutes of training", "5", "about how long it trains; measuring and judging take extra time");
  static final Option NAME =
      Option.text("Name of the model", "", "the name of the model. Without it: the image's title with -tuned");
  static final Option REPLACE =
      Option.flag("Replace a model of that name", "replaces a model that was installed under that name");

  public static final OptionTable TABLE = new OptionTable("Tune to my data...", MINUTES, NAME, REPLACE);

  private TuneOptions() {}
}
