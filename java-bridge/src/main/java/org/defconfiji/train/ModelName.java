package org.defconfiji.train;

import org.defconfiji.options.OptionException;

/** Names of models that are to be made. */
final class ModelName {
  private static final String ENDING = "-tuned";

  private ModelName() {}

  /** @throws OptionException it is a path: a folder is made of it. Whether the name is free, the program says */
  static String checked(String name) throws OptionException {
    if (name.matches(".*[/\\\\].*"))
      throw new OptionException("Name of the model: expected a name without a folder, found '" + name + "'. Correct it.");
    return name;
  }

  /** What a model that is tuned to an image is called where nobody says it: as the command line calls it. */
  static String tunedTo(String title) {
    return portable(title) + ENDING;
  }

  /** An image's title as a file's name that any system takes, without its ending. */
  static String portable(String title) {
    return title.replaceAll("\\.[^.]*$", "").replaceAll("[\\p{Cntrl}<>:\"|?*\\\\/]", "_").trim();
  }
}
