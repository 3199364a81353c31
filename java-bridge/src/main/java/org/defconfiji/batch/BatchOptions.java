package org.defconfiji.batch;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of "Batch...". */
public final class BatchOptions {
  static final String SKIP = "skip";
  static final String REPLACE = "replace";

  static final Option INPUT = Option.folder("Input folder", "the folder with the images");
  static final Option OUTPUT = Option.folder("Output folder", "the folder for the results; created if it does not exist");
  static final Option PATTERN =
      Option.text(
          "Pattern of file names",
          "*.tif; *.tiff",
          "which files to count: * is any text, ? is one character, ; separates several patterns");
  static final Option SUBFOLDERS =
      Option.flag("Subfolders too", "also counts the files in subfolders; their results go into subfolders of the same names");
  static final Option MODEL = Option.choice("Model", "", "a model's name or path. Without it: the default model");
  static final Option DENSITY =
      Option.flag("Density maps", "writes NAME.density.tif beside NAME.counts.csv, 32 bits");
  static final Option EXISTING =
      Option.choice(
          "Existing results",
          SKIP,
          "what to do with a file that an earlier batch counted with the same model: skip it or count it again",
          SKIP,
          REPLACE);

  public static final OptionTable TABLE =
      new OptionTable("Batch...", INPUT, OUTPUT, PATTERN, SUBFOLDERS, MODEL, DENSITY, EXISTING);

  private BatchOptions() {}
}
