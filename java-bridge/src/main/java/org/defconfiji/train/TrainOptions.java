package org.defconfiji.train;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** The options of "Train...". */
public final class TrainOptions {
  static final String NO_MODEL = "none";
  /** Stands for what the table's format says. */
  static final String AS_THE_FORMAT = "auto";

  static final Option STACK =
      Option.file("Stack of frames", "the frames to learn from, a tif stack. Without it: the active image");
  static final Option TRUTH =
      Option.file(
          "Truth table",
          "the emitters in the stack, a csv with frame, x, y in pixels, or the table of a localisation program");
  static final Option SIGMA =
      Option.number("Sigma in pixels", "1", "standard deviation of an emitter's density, 0.5 or more");
  static final Option THRESHOLD =
      Option.number("Threshold of brightness", "250", "dimmer emitters of the table are left out");
  static final Option PIXEL =
      Option.number("Pixel size in nm", "", "for tables in nm, if the stack is not calibrated");
  static final Option FRAMES =
      Option.number("Frames numbered from", "", "the table's number of the first frame, 0 or 1, if its format has another");
  static final Option COLUMNS =
      Option.text(
          "Columns of the table", "", "columns with other names than the format's, as frame=t,x=px,y=py");
  static final Option UNIT =
      Option.choice(
          "Unit of positions", AS_THE_FORMAT, "of positions in the table: pixels, nm or µm", AS_THE_FORMAT, "px", "nm", "um");
  static final Option ORIGIN =
      Option.choice(
          "Origin of positions",
          AS_THE_FORMAT,
          "what lies at whole numbers of pixels: a pixel's corner or its centre",
          AS_THE_FORMAT, "corner", "centre");
  static final Option SET =
      Option.file("Set made before", "a training set (.h5), instead of a stack and its table");
  static final Option PLAN =
      Option.file(
          "Plan of simulated frames (JSON)",
          "a plan from which each frame is simulated, instead of a stack with its table or a set");
  static final Option MINUTES =
      Option.number("Minutes to train by the plan", "30", "about how long it trains; ignored without a plan");
  static final Option NAME = Option.text("Name of the model", "mine", "the name of the model");
  static final Option OUTPUT =
      Option.folder(
          "Output folder", "the folder of the training. Without it: trainings/NAME in the home folder .defcon-fiji");
  static final Option INITIAL =
      Option.choice("Initial model", NO_MODEL, "a model to start from, by name; none: random weights");
  static final Option EPOCHS = Option.number("Epochs at most", "15", "in each of the two stages; ignored with a plan");
  static final Option BATCH =
      Option.number("Batch size", "32", "samples per step; 8 for a set of a few hundred frames");
  static final Option PATIENCE =
      Option.number(
          "Patience", "1", "a stage ends after this many epochs without a lower validation loss; ignored with a plan");
  static final Option AUGMENT =
      Option.flag("Augment the samples", "changes the samples at random each time they are used");
  static final Option RESUME =
      Option.flag("Resume", "continues an interrupted training of this name, with the same set or plan");
  static final Option USE =
      Option.flag("Use when done", "installs the model under its name and makes it the default");

  public static final OptionTable TABLE =
      new OptionTable(
          "Train...", STACK, TRUTH, SIGMA, THRESHOLD, PIXEL, FRAMES, COLUMNS, UNIT, ORIGIN, SET, PLAN, MINUTES, NAME,
          OUTPUT, INITIAL, EPOCHS, BATCH, PATIENCE, AUGMENT, RESUME, USE);

  private TrainOptions() {}
}
