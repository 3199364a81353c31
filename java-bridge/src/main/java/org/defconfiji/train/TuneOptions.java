package org.defconfiji.train;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** What "Tune to my data..." asks for. */
public final class TuneOptions {
  static final Option MINUTES =
      Option.number("Minutes of training", "5", "how long it trains, about; measuring and judging come besides");
  static final Option NAME =
      Option.text("Name of the model", "", "what the model is called. Without it: the image's title, with -tuned");
  static final Option REPLACE =
      Option.flag("Replace a model of that name", "the model takes the place of one that was installed under that name");

  public static final OptionTable TABLE = new OptionTable("Tune to my data...", MINUTES, NAME, REPLACE);

  private TuneOptions() {}
}
