package org.defconfiji.train;

import org.defconfiji.options.OptionException;

/** Names for new models. */
final class ModelName {
  private static final String ENDING = "-tuned";

  private ModelName() {}

  /**
   * Checks that a name is not a path. The program checks whether it is free.
   *
   * @throws OptionException it contains a slash
   */
  static String checked(String name) throws OptionException {
    if (name.matches(".*[/\\\\].*"))
      throw new OptionException("Name of the model: expected a name without a folder, found '" + name + "'. Correct it.");
    return name;
  }

  /** The default name of a model tuned to an image, the same as on the command line. */
  static String tunedTo(String title) {
    return portable(title) + ENDING;
  }

  /** The title of an image, without its ending, as a file name for any system. */
  static String portable(String title) {
    return title.replaceAll("\\.[^.]*$", "").replaceAll("[\\p{Cntrl}<>:\"|?*\\\\/]", "_").trim();
  }
}
