package org.defconfiji.models;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** What a macro can do with "Models..."; without any of these its window opens. */
public final class ModelsOptions {
  static final Option INSTALL =
      Option.file("Install file", "a model of any format that can be read, which is put among the user's");
  static final Option NAME = Option.text("Name", "", "what the installed model is called. Without it: as its file");
  static final Option REPLACE =
      Option.flag("Replace", "the installed model takes the place of one that was installed under that name");
  static final Option DEFAULT = Option.text("Default", "", "the model that counts where none is named, from now on");
  static final Option REMOVE = Option.text("Remove", "", "a model that was installed, which is removed without asking");

  public static final OptionTable TABLE = new OptionTable("Models...", INSTALL, NAME, REPLACE, DEFAULT, REMOVE);

  private ModelsOptions() {}
}
