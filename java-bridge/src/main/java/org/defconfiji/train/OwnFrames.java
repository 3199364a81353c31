package org.defconfiji.train;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Program;
import org.defconfiji.files.TifCopy;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;

/** The user's stack and its table of emitters, from which the program makes a training set. */
final class OwnFrames {
  private static final int MOST = Integer.MAX_VALUE;
  private static final String PART = "frames";

  private final OptionValues values;
  private final Path output;

  /** @param output the folder of the training */
  OwnFrames(OptionValues values, Path output) {
    this.values = values;
    this.output = output;
  }

  /**
   * Makes the training set. Waits.
   *
   * @throws DefconException a value is wrong, or the program refuses the stack or its table
   */
  void writeSet(Path set, Program program, BooleanSupplier cancelled) throws DefconException, IOException {
    String truth = Paths.get(values.required(TrainOptions.TRUTH)).toAbsolutePath().toString();
    List<String> drawing = drawing();
    IJ.showStatus("DEFCoN: making the training set... (Esc cancels)");
    Files.createDirectories(output);
    Path parts = output.resolve("training-set-parts.h5");
    Files.deleteIfExists(parts);
    try {
      program.run(cancelled, "dataset", "new", parts.toString()).orThrow();
      List<String> add = new ArrayList<>(Arrays.asList("dataset", "add", parts.toString(), PART, stack(), truth));
      add.addAll(drawing);
      tellWarnings(program.run(cancelled, add.toArray(new String[0])).orThrow());
      program.run(cancelled, "dataset", "compact", parts.toString(), "-o", set.toString()).orThrow();
    } finally {
      Files.deleteIfExists(parts);
    }
  }

  private List<String> drawing() throws OptionException {
    List<String> drawing = new ArrayList<>();
    drawing.addAll(Arrays.asList("--sigma", Double.toString(values.number(TrainOptions.SIGMA, 0.5, MOST))));
    // The program's own threshold is in photons, and is not applied to a table in other units.
    if (!values.text(TrainOptions.THRESHOLD).equals(TrainOptions.THRESHOLD.absent()))
      drawing.addAll(Arrays.asList("--threshold", Double.toString(values.number(TrainOptions.THRESHOLD, 0, MOST))));
    if (!values.text(TrainOptions.PIXEL).isEmpty())
      drawing.addAll(Arrays.asList("--pixel-size", Double.toString(values.number(TrainOptions.PIXEL, 0, MOST))));
    return drawing;
  }

  /** Logs what seems wrong with the table. */
  private static void tellWarnings(Program.Finished added) {
    if (!added.errors().isEmpty()) IJ.log("DEFCoN, Train...: " + added.errors());
  }

  /** The path of the stack. An open image is first copied into the output folder. */
  private String stack() throws OptionException, IOException {
    String file = values.text(TrainOptions.STACK);
    if (!file.isEmpty()) return Paths.get(file).toAbsolutePath().toString();
    ImagePlus image = WindowManager.getCurrentImage();
    if (image == null)
      throw new OptionException("Train...: expected a stack of frames, found none. Name its file, or open it first.");
    Path copy = output.resolve("frames.tif");
    TifCopy.write(image, copy);
    return copy.toString();
  }
}
