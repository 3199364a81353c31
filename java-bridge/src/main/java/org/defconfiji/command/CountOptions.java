package org.defconfiji.command;

import ij.Macro;

/** What a user or a macro chose. */
final class CountOptions {
  /** Keys of the model; older macros have the last two. */
  private static final String[] MODEL_KEYS = {"model", "load", "path"};

  private static final String CURRENT_KEY = "current";

  private final String model;
  private final boolean currentOnly;

  CountOptions(String model, boolean currentOnly) {
    this.model = model;
    this.currentOnly = currentOnly;
  }

  /**
   * Reads a macro's options, for example "load=defcon current".
   *
   * @throws CommandException two of the model's keys name different models
   */
  static CountOptions fromMacro(String options) throws CommandException {
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
    return new CountOptions(model, hasWord(options, CURRENT_KEY));
  }

  /** Whether a word stands in the options by itself, not inside the brackets of some value. */
  private static boolean hasWord(String options, String word) {
    StringBuilder outside = new StringBuilder();
    int depth = 0;
    for (char c : options.toCharArray()) {
      if (c == '[') depth++;
      if (depth == 0) outside.append(c);
      if (c == ']') depth--;
    }
    return (" " + outside + " ").contains(" " + word + " ");
  }

  /** A model's name or path; empty for the daemon's default. */
  String model() {
    return model;
  }

  /** Whether only the slice shown is counted, not the whole stack. */
  boolean currentOnly() {
    return currentOnly;
  }
}
