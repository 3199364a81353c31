package org.defconfiji.batch;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** What "Batch..." asks for. */
public final class BatchOptions {
  static final String SKIP = "skip";
  static final String REPLACE = "replace";

  static final Option INPUT = Option.folder("Input folder", "the folder with the images");
  static final Option OUTPUT = Option.folder("Output folder", "the folder for the results; it is made where there is none");
  static final Option PATTERN =
      Option.text(
          "Pattern of file names",
          "*.tif; *.tiff",
          "which files are counted: * stands for any characters, ? for one; several with ; between them");
  static final Option SUBFOLDERS =
      Option.flag("Subfolders too", "also the files in folders below; results lie in folders of the same names");
  static final Option MODEL = Option.choice("Model", "", "a model's name or path. Without it: the default model");
  static final Option DENSITY =
      Option.flag("Density maps", "writes NAME.density.tif beside NAME.counts.csv, 32 bits");
  static final Option EXISTING =
      Option.choice(
          "Existing results",
          SKIP,
          "what is done with a file that an earlier batch has counted with the same model: left alone, or counted again",
          SKIP,
          REPLACE);

  public static final OptionTable TABLE =
      new OptionTable("Batch...", INPUT, OUTPUT, PATTERN, SUBFOLDERS, MODEL, DENSITY, EXISTING);

  private BatchOptions() {}
}
