package org.defconfiji.train;

import ij.ImagePlus;
import ij.WindowManager;
import ij.io.FileSaver;
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
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.StageSettings;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.wire.ModelInfo;

/** What a user chose, as a training set and the settings of a training. */
final class TrainingPlan {
  private static final int MOST = Integer.MAX_VALUE;
  private static final String PART = "frames";

  private final OptionValues values;
  private final String name;
  private final Path output;

  /** @param home the folder that trainings lie in where no other is named */
  TrainingPlan(OptionValues values, Path home) throws OptionException {
    this.values = values;
    this.name = values.required(TrainOptions.NAME);
    if (name.matches(".*[/\\\\].*"))
      throw new OptionException("Name of the model: expected a name without a folder, found '" + name + "'. Correct it.");
    String folder = values.text(TrainOptions.OUTPUT);
    this.output = (folder.isEmpty() ? home.resolve("trainings").resolve(name) : Paths.get(folder)).toAbsolutePath();
  }

  String name() {
    return name;
  }

  boolean resumes() {
    return values.flag(TrainOptions.RESUME);
  }

  /** Whether the model is to be used once it is there, without asking. */
  boolean uses() {
    return values.flag(TrainOptions.USE);
  }

  /**
   * The training's settings; its set is made where there is none. Waits.
   *
   * @param models the daemon's
   * @throws DefconException a value is wrong, or the program refuses the stack or its table, in its own words
   */
  TrainingSettings prepare(Program program, List<ModelInfo> models, BooleanSupplier cancelled)
      throws DefconException, IOException {
    StageSettings stage =
        StageSettings.newBuilder()
            .setEpochs(values.whole(TrainOptions.EPOCHS, 1, MOST))
            .setBatchSize(values.whole(TrainOptions.BATCH, 1, MOST))
            .build();
    TrainingSettings.Builder settings =
        TrainingSettings.newBuilder()
            .setOutput(output.toString())
            .setName(name)
            .setSegmentation(stage)
            .setDensity(stage)
            .setPatience(values.whole(TrainOptions.PATIENCE, 1, MOST))
            .setAugment(values.flag(TrainOptions.AUGMENT));
    String initial = values.text(TrainOptions.INITIAL);
    if (!initial.isEmpty() && !initial.equals(TrainOptions.NO_MODEL)) {
      ModelInfo model = find(initial, models);
      settings.setInit(model.path()).setArchitecture(model.architecture());
    }
    return settings.setSet(set(program, cancelled).toString()).build();
  }

  private static ModelInfo find(String wanted, List<ModelInfo> models) throws OptionException {
    List<String> names = new ArrayList<>();
    for (ModelInfo model : models) {
      if (model.name().equals(wanted)) return model;
      names.add(model.name());
    }
    throw new OptionException(
        "Initial model: expected " + TrainOptions.NO_MODEL + " or one of " + String.join(", ", names) + ", found '"
            + wanted + "'. Correct it.");
  }

  private Path set(Program program, BooleanSupplier cancelled) throws DefconException, IOException {
    String existing = values.text(TrainOptions.SET);
    if (!existing.isEmpty()) return Paths.get(existing).toAbsolutePath();
    Path set = output.resolve("training-set.h5");
    if (resumes()) return set;
    if (Files.exists(set))
      throw new OptionException(
          output + ": expected a folder without a training, found one. Choose another name or folder, or 'Resume'.");
    String truth = Paths.get(values.required(TrainOptions.TRUTH)).toAbsolutePath().toString();
    List<String> drawing = new ArrayList<>();
    drawing.addAll(Arrays.asList("--sigma", Double.toString(values.number(TrainOptions.SIGMA, 0.5, MOST))));
    drawing.addAll(Arrays.asList("--threshold", Double.toString(values.number(TrainOptions.THRESHOLD, 0, MOST))));
    if (!values.text(TrainOptions.PIXEL).isEmpty())
      drawing.addAll(Arrays.asList("--pixel-size", Double.toString(values.number(TrainOptions.PIXEL, 0, MOST))));
    Files.createDirectories(output);
    Path parts = output.resolve("training-set-parts.h5");
    Files.deleteIfExists(parts);
    try {
      program.run(cancelled, "dataset", "new", parts.toString()).orThrow();
      List<String> add = new ArrayList<>(Arrays.asList("dataset", "add", parts.toString(), PART, stack(), truth));
      add.addAll(drawing);
      program.run(cancelled, add.toArray(new String[0])).orThrow();
      program.run(cancelled, "dataset", "compact", parts.toString(), "-o", set.toString()).orThrow();
    } finally {
      Files.deleteIfExists(parts);
    }
    return set;
  }

  /** The path of the stack; an image that is open goes into a file of the output folder. */
  private String stack() throws OptionException {
    String file = values.text(TrainOptions.STACK);
    if (!file.isEmpty()) return Paths.get(file).toAbsolutePath().toString();
    ImagePlus image = WindowManager.getCurrentImage();
    if (image == null)
      throw new OptionException("Train...: expected a stack of frames, found none. Name its file, or open it first.");
    String copy = output.resolve("frames.tif").toString();
    FileSaver saver = new FileSaver(image);
    if (!(image.getStackSize() > 1 ? saver.saveAsTiffStack(copy) : saver.saveAsTiff(copy)))
      throw new OptionException(copy + ": expected a file that can be written. Choose another output folder.");
    return copy;
  }
}
