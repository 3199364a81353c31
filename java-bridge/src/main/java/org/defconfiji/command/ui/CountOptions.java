package org.defconfiji.command.ui;

import ij.Macro;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of a counting command, from the dialog or a macro. */
public final class CountOptions {
  /** The keys that can name the model. The last two are those of older macros. */
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
   * Reads the options of a macro, for example "load=defcon current".
   *
   * @throws CommandException two keys name different models
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

  /** A model's name or path. Empty for the default model. */
  public String model() {
    return model;
  }

  /** Whether to count only the slice that is shown. */
  public boolean currentOnly() {
    return currentOnly;
  }
}
