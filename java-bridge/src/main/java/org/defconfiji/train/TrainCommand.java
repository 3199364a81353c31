package org.defconfiji.train;

import ij.IJ;
import ij.Macro;
import ij.gui.YesNoCancelDialog;
import ij.plugin.PlugIn;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.defconfiji.DefconException;
import org.defconfiji.command.Wrapped;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.options.OptionTable;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.TrainingSettings;
import org.defconfiji.protocol.TrainingState;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.WireException;

/** Plugins > DEFCoN > Train...: a model from a stack and the table of its emitters, or from simulated frames. */
public final class TrainCommand implements PlugIn {
  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public void run(String arg) {
    String macro = Macro.getOptions();
    IJ.resetEscape();
    try {
      IJ.showStatus("DEFCoN: connecting to the daemon...");
      Connection connection = new Daemon(Surroundings.current()).connect(IJ::escapePressed);
      IJ.showStatus("");
      boolean kept = false;
      try {
        if (macro != null || GraphicsEnvironment.isHeadless()) trainNow(connection, macro == null ? "" : macro);
        else kept = show(connection);
      } finally {
        // A window keeps the connection for as long as it is open.
        if (!kept) connection.close();
      }
    } catch (CancelledException cancelled) {
      IJ.showStatus("DEFCoN: cancelled");
    } catch (DefconException | IOException error) {
      IJ.showStatus("");
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    }
  }

  private static void trainNow(Connection connection, String options) throws DefconException, IOException {
    TrainingPlan plan = plan(TrainOptions.TABLE.fromMacro(options));
    TrainingSettings settings = prepare(plan, connection);
    MacroTraining watcher = new MacroTraining(plan.name());
    String path = watcher.await(connection.startTraining(settings, plan.resumes(), watcher));
    IJ.log("DEFCoN training: " + path);
    if (plan.uses()) ModelUse.of(connection, path, plan.name(), true);
  }

  /** @return whether a window keeps the connection */
  private static boolean show(Connection connection) throws DefconException, IOException {
    TrainingSummary last = last(connection);
    if (last != null && wantsToSee(last, connection.models())) {
      EventQueue.invokeLater(
          () ->
              TrainingWindow.open(
                  connection, last.getName(), false, listener -> connection.watchTraining(last.getTraining(), listener)));
      return true;
    }
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

  /** @return null where there is none */
  private static TrainingSummary last(Connection connection) throws WireException {
    List<TrainingSummary> trainings = connection.trainings();
    return trainings.isEmpty() ? null : trainings.get(trainings.size() - 1);
  }

  /** One under way is shown; one that has ended while nobody looked may be. */
  private static boolean wantsToSee(TrainingSummary training, List<ModelInfo> models) throws CancelledException {
    if (training.getState() == TrainingState.RUNNING) return true;
    if (training.getState() != TrainingState.FINISHED) return false;
    for (ModelInfo model : models) if (model.name().equals(training.getName())) return false;
    YesNoCancelDialog dialog =
        new YesNoCancelDialog(
            IJ.getInstance(), "DEFCoN", "The training of " + training.getName() + " has finished.", "Look at it", "Begin another");
    if (dialog.cancelPressed()) throw new CancelledException();
    return dialog.yesPressed();
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
