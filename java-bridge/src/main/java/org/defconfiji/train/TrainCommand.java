package org.defconfiji.train;

import ij.IJ;
import java.awt.EventQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.options.OptionTable;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelInfo;

/** Plugins > DEFCoN > Train...: trains a model on a labelled stack or on simulated frames. */
public final class TrainCommand extends RunCommand {
  public TrainCommand() {
    super(false);
  }

  @Override
  void runNow(Connection connection, String options) throws DefconException, IOException {
    TrainingPlan plan = plan(TrainOptions.TABLE.fromMacro(options));
    TrainingSettings settings = prepare(plan, connection);
    MacroTraining watcher = new MacroTraining(plan.name());
    String path = watcher.await(connection.startTraining(settings, plan.resumes(), watcher));
    IJ.log("DEFCoN training: " + path);
    if (plan.uses()) ModelUse.of(connection, path, plan.name(), true);
  }

  @Override
  boolean show(Connection connection) throws DefconException, IOException {
    OptionValues values = dialog(connection.models()).ask();
    if (values == null) return false;
    TrainingPlan plan = plan(values);
    TrainingSettings settings = prepare(plan, connection);
    EventQueue.invokeLater(
        () ->
            TrainingWindow.open(
                connection,
                plan.name(),
                plan.uses(),
                listener -> connection.startTraining(settings, plan.resumes(), listener)));
    return true;
  }

  private static OptionTable dialog(List<ModelInfo> models) {
    List<String> names = new ArrayList<>();
    names.add(TrainOptions.NO_MODEL);
    for (ModelInfo model : models) if (!model.path().isEmpty()) names.add(model.name());
    return TrainOptions.TABLE.with(TrainOptions.INITIAL.among(names.toArray(new String[0]), TrainOptions.NO_MODEL));
  }

  private static TrainingPlan plan(OptionValues values) throws DefconException {
    return new TrainingPlan(values, Surroundings.current().defconHome());
  }

  private static TrainingSettings prepare(TrainingPlan plan, Connection connection) throws DefconException, IOException {
    try {
      return plan.prepare(new Program(Surroundings.current()), connection.models(), IJ::escapePressed);
    } finally {
      IJ.showStatus("");
    }
  }
}
