package org.defconfiji.command.ui;

import ij.Macro;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** What a user or a macro chose. */
public final class CountOptions {
  /** Keys of the model; older macros have the last two. */
  private static final String[] MODEL_KEYS = {"model", "load", "path"};

  static final Option MODEL =
      Option.choice("Model", "", "a model's name as the dialog shows it, or the path of a model file. Without it: the default model");
  static final Option CURRENT =
      Option.flag("Current slice only", "only the slice that is shown; without it the whole stack");

  private final String model;
  private final boolean currentOnly;

  public CountOptions(String model, boolean currentOnly) {
    this.model = model;
    this.currentOnly = currentOnly;
  }

  /**
   * Reads a macro's options, for example "load=defcon current".
   *
   * @throws CommandException two of the model's keys name different models
   */
  public static CountOptions fromMacro(String options) throws CommandException {
    String model = "";
    for (String key : MODEL_KEYS) {
      String value = Macro.getValue(options, key, "").trim();
      if (value.isEmpty()) continue;
      if (!model.isEmpty() && !model.equals(value))
        throw new CommandException(
            "The macro names two models, '" + model + "' and '" + value
                + "'. Leave only one of model=, load= and path=.");
      model = value;
    }
    return new CountOptions(model, OptionTable.hasWord(options, CURRENT.key()));
  }

  /** A model's name or path; empty for the daemon's default. */
  public String model() {
    return model;
  }

  /** Whether only the slice shown is counted, not the whole stack. */
  public boolean currentOnly() {
    return currentOnly;
  }
}
