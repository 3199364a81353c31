package org.defconfiji.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Program;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.StageSettings;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.wire.ModelInfo;

/** Turns the options of "Train..." into the settings of a training. */
final class TrainingPlan {
  private static final int MOST = Integer.MAX_VALUE;
  private static final String SET = "training-set.h5";
  private static final String[] CHECKPOINTS = {"checkpoint.h5", "checkpoint-before.h5"};

  private final OptionValues values;
  private final String name;
  private final Path output;

  /** @param home the user's folder; trainings lie in it unless the user names another folder */
  TrainingPlan(OptionValues values, Path home) throws OptionException {
    this.values = values;
    this.name = ModelName.checked(values.required(TrainOptions.NAME));
    String folder = values.text(TrainOptions.OUTPUT);
    this.output = (folder.isEmpty() ? home.resolve("trainings").resolve(name) : Paths.get(folder)).toAbsolutePath();
  }

  String name() {
    return name;
  }

  boolean resumes() {
    return values.flag(TrainOptions.RESUME);
  }

  /** Whether to use the model without asking when it is done. */
  boolean uses() {
    return values.flag(TrainOptions.USE);
  }

  /**
   * Builds the settings and, if necessary, the training set. Waits.
   *
   * @param models the daemon's models
   * @throws DefconException a value is wrong, or the program refuses the stack or its table
   */
  TrainingSettings prepare(Program program, List<ModelInfo> models, BooleanSupplier cancelled)
      throws DefconException, IOException {
    SimulatedFrames simulated = SimulatedFrames.of(values);
    StageSettings.Builder stage =
        StageSettings.newBuilder().setBatchSize(values.whole(TrainOptions.BATCH, 1, MOST));
    TrainingSettings.Builder settings =
        TrainingSettings.newBuilder()
            .setOutput(output.toString())
            .setName(name)
            .setAugment(values.flag(TrainOptions.AUGMENT));
    if (simulated == null) {
      // A training from a plan is limited by its minutes instead.
      stage.setEpochs(values.whole(TrainOptions.EPOCHS, 1, MOST));
      settings.setPatience(values.whole(TrainOptions.PATIENCE, 1, MOST));
    }
    settings.setSegmentation(stage).setDensity(stage);
    String initial = values.text(TrainOptions.INITIAL);
    if (!initial.isEmpty() && !initial.equals(TrainOptions.NO_MODEL)) {
      ModelInfo model = find(initial, models);
      settings.setInit(model.path()).setArchitecture(model.architecture());
    }
    if (!resumes()) mustLack(CHECKPOINTS);
    if (simulated == null) settings.setSet(set(program, cancelled).toString());
    else simulated.setIn(settings);
    return settings.build();
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

  /** The training set: the one named, that of the resumed training, or a new one. */
  private Path set(Program program, BooleanSupplier cancelled) throws DefconException, IOException {
    String existing = values.text(TrainOptions.SET);
    if (!existing.isEmpty()) return Paths.get(existing).toAbsolutePath();
    Path set = output.resolve(SET);
    if (!resumes()) {
      mustLack(SET);
      new OwnFrames(values, output).writeSet(set, program, cancelled);
    } else if (!Files.exists(set)) {
      throw new OptionException(
          set + ": expected the training set of the training to resume, found none. Choose that training's name "
              + "or folder, and its plan or set if you named one.");
    }
    return set;
  }

  private void mustLack(String... files) throws OptionException {
    for (String file : files)
      if (Files.exists(output.resolve(file)))
        throw new OptionException(
            output + ": expected a folder without a training, found one. Choose another name or folder, or 'Resume'.");
  }
}
