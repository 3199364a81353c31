package org.defconfiji.models;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of "Models..." in macros. Without any of them its window opens. */
public final class ModelsOptions {
  static final Option INSTALL =
      Option.file("Install file", "a model file in any readable format, to be installed");
  static final Option NAME = Option.text("Name", "", "the name of the installed model. Without it: the name of the file");
  static final Option REPLACE =
      Option.flag("Replace", "replaces a model that was installed under that name");
  static final Option DEFAULT = Option.text("Default", "", "the model to use from now on if none is named");
  static final Option REMOVE = Option.text("Remove", "", "an installed model, which is removed without asking");

  public static final OptionTable TABLE = new OptionTable("Models...", INSTALL, NAME, REPLACE, DEFAULT, REMOVE);

  private ModelsOptions() {}
}
