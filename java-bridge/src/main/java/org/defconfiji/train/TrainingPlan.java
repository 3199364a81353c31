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

/** What a user chose, as the settings of a training and what it learns from. */
final class TrainingPlan {
  private static final int MOST = Integer.MAX_VALUE;
  private static final String SET = "training-set.h5";
  private static final String CHECKPOINT = "checkpoint.h5";

  private final OptionValues values;
  private final String name;
  private final Path output;

  /** @param home the folder that trainings lie in where no other is named */
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

  /** Whether the model is to be used once it is there, without asking. */
  boolean uses() {
    return values.flag(TrainOptions.USE);
  }

  /**
   * The training's settings; its set is made where one is needed and there is none. Waits.
   *
   * @param models the daemon's
   * @throws DefconException a value is wrong, or the program refuses the stack or its table, in its own words
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
      // A training by a plan has its minutes instead.
      stage.setEpochs(values.whole(TrainOptions.EPOCHS, 1, MOST));
      settings.setPatience(values.whole(TrainOptions.PATIENCE, 1, MOST));
    }
    settings.setSegmentation(stage).setDensity(stage);
    String initial = values.text(TrainOptions.INITIAL);
    if (!initial.isEmpty() && !initial.equals(TrainOptions.NO_MODEL)) {
      ModelInfo model = find(initial, models);
      settings.setInit(model.path()).setArchitecture(model.architecture());
    }
    if (!resumes()) mustLack(CHECKPOINT);
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

  /** The training set: the user's own, that of the training which goes on, or a new one. */
  private Path set(Program program, BooleanSupplier cancelled) throws DefconException, IOException {
    String existing = values.text(TrainOptions.SET);
    if (!existing.isEmpty()) return Paths.get(existing).toAbsolutePath();
    Path set = output.resolve(SET);
    if (!resumes()) {
      mustLack(SET);
      new OwnFrames(values, output).writeSet(set, program, cancelled);
    } else if (!Files.exists(set)) {
      throw new OptionException(
          set + ": expected the training set of the training that is to go on, found none. Choose that training's name "
              + "or folder, and its plan or set if you named one.");
    }
    return set;
  }

  private void mustLack(String file) throws OptionException {
    if (Files.exists(output.resolve(file)))
      throw new OptionException(
          output + ": expected a folder without a training, found one. Choose another name or folder, or 'Resume'.");
  }
}
