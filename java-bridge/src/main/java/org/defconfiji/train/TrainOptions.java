package org.defconfiji.train;

import org.defconfiji.options.Option;
import org.defconfiji.options.OptionTable;

/** What "Train..." asks for. */
public final class TrainOptions {
  static final String NO_MODEL = "none";

  static final Option STACK =
      Option.file("Stack of frames", "the frames to learn from, a tif stack. Without it: the image in front");
  static final Option TRUTH =
      Option.file(
          "Truth table", "the emitters in the stack, a csv with frame, x, y in pixels; ThunderSTORM's and Picasso's too");
  static final Option SIGMA =
      Option.number("Sigma in pixels", "1", "standard deviation of an emitter's density, 0.5 or more");
  static final Option THRESHOLD =
      Option.number("Threshold of brightness", "250", "dimmer emitters of the table are left out");
  static final Option PIXEL =
      Option.number("Pixel size in nm", "", "for tables whose positions are in nm");
  static final Option SET =
      Option.file("Set made before", "a training set (.h5), in place of a stack and its table");
  static final Option PLAN =
      Option.file(
          "Plan of simulated frames (JSON)",
          "a plan by which each frame is simulated anew, in place of a stack, its table or a set");
  static final Option MINUTES =
      Option.number("Minutes to train by the plan", "30", "how long it trains, about; passed over without a plan");
  static final Option NAME = Option.text("Name of the model", "mine", "what the model is called");
  static final Option OUTPUT =
      Option.folder(
          "Output folder", "the folder of the training. Without it: trainings/NAME in the home folder .defcon-fiji");
  static final Option INITIAL =
      Option.choice("Initial model", NO_MODEL, "a model to start from, by name; none: random weights");
  static final Option EPOCHS = Option.number("Epochs at most", "15", "of each of the two stages; passed over with a plan");
  static final Option BATCH =
      Option.number("Batch size", "32", "samples of a step; 8 for a set of a few hundred frames");
  static final Option PATIENCE =
      Option.number(
          "Patience", "1", "a stage ends after so many epochs without a lower validation loss; passed over with a plan");
  static final Option AUGMENT =
      Option.flag("Augment the samples", "changes them at random each time they are used");
  static final Option RESUME =
      Option.flag("Resume", "goes on with a training of this name that was interrupted, with the same set or plan");
  static final Option USE =
      Option.flag("Use when done", "the model is installed under its name and becomes the default");

  public static final OptionTable TABLE =
      new OptionTable(
          "Train...", STACK, TRUTH, SIGMA, THRESHOLD, PIXEL, SET, PLAN, MINUTES, NAME, OUTPUT, INITIAL, EPOCHS,
          BATCH, PATIENCE, AUGMENT, RESUME, USE);

  private TrainOptions() {}
}
