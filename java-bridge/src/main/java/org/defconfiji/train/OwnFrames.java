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
import org.defconfiji.daemon.ProgramException;
import org.defconfiji.files.TifCopy;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;

/** The user's stack and its table of emitters, from which the program makes a training set. */
final class OwnFrames {
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
    List<String> flags = TableFlags.of(values);
    IJ.showStatus("DEFCoN: making the training set... (Esc cancels)");
    Files.createDirectories(output);
    Path parts = output.resolve("training-set-parts.h5");
    Files.deleteIfExists(parts);
    try {
      program.run(cancelled, "dataset", "new", parts.toString()).orThrow();
      List<String> add = new ArrayList<>(Arrays.asList("dataset", "add", parts.toString(), PART, stack(), truth));
      add.addAll(flags);
      tellWarnings(added(program.run(cancelled, add.toArray(new String[0]))));
      program.run(cancelled, "dataset", "compact", parts.toString(), "-o", set.toString(), "--force").orThrow();
    } finally {
      Files.deleteIfExists(parts);
    }
  }

  /** @throws OptionException the program refused; the message names the dialog's fields */
  private static Program.Finished added(Program.Finished run) throws OptionException {
    try {
      return run.orThrow();
    } catch (ProgramException refused) {
      throw new OptionException(TableFlags.asFields(refused.getMessage()));
    }
  }

  /** Logs what seems wrong with the table. */
  private static void tellWarnings(Program.Finished added) {
    if (!added.errors().isEmpty()) IJ.log("DEFCoN, Train...: " + TableFlags.asFields(added.errors()));
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
