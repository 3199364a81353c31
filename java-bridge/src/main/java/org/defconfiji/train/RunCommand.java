package org.defconfiji.train;

import ij.IJ;
import ij.Macro;
import ij.gui.YesNoCancelDialog;
import ij.plugin.PlugIn;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.util.List;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.protocol.TrainingState;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.ui.Wrapped;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.WireException;

/** What the commands share that train: they do it while a macro waits, or in a window, and show what runs already. */
abstract class RunCommand implements PlugIn {
  private final boolean tunes;

  /** @param tunes whether the command tunes; else it trains */
  RunCommand(boolean tunes) {
    this.tunes = tunes;
  }

  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public final void run(String arg) {
    String macro = Macro.getOptions();
    IJ.resetEscape();
    try {
      check();
      IJ.showStatus("DEFCoN: connecting to the daemon...");
      Connection connection = new Daemon(Surroundings.current()).connect(IJ::escapePressed);
      IJ.showStatus("");
      boolean kept = false;
      try {
        if (macro != null || GraphicsEnvironment.isHeadless()) runNow(connection, macro == null ? "" : macro);
        else kept = showLast(connection) || show(connection);
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

  /** Looks at what the command needs, before anything else. */
  void check() throws DefconException {}

  /** Does what a macro's options say, to its end. */
  abstract void runNow(Connection connection, String options) throws DefconException, IOException;

  /** Asks and opens a window. @return whether that keeps the connection */
  abstract boolean show(Connection connection) throws DefconException, IOException;

  /** Shows the training or tuning under way, or the command's own last one that has ended while nobody looked. */
  private boolean showLast(Connection connection) throws WireException {
    List<TrainingSummary> all = connection.trainings();
    if (all.isEmpty()) return false;
    TrainingSummary last = all.get(all.size() - 1);
    if (!wantsToSee(last, connection.models())) return false;
    boolean running = last.getState() == TrainingState.RUNNING;
    RunWindow.Beginning watching = listener -> connection.watchTraining(last.getTraining(), listener);
    EventQueue.invokeLater(
        () -> {
          if (last.getTuning()) TuningWindow.open(connection, last.getName(), running, () -> {}, watching);
          else TrainingWindow.open(connection, last.getName(), false, watching);
        });
    return true;
  }

  /** One under way is shown; one that has ended, and whose model is not in use, may be. */
  private boolean wantsToSee(TrainingSummary last, List<ModelInfo> models) throws CancelledException {
    if (last.getState() == TrainingState.RUNNING) return true;
    if (last.getState() != TrainingState.FINISHED || last.getTuning() != tunes) return false;
    for (ModelInfo model : models)
      if (model.name().equals(last.getName()) && (model.isDefault() || !tunes)) return false;
    String kind = tunes ? "tuning" : "training";
    YesNoCancelDialog dialog =
        new YesNoCancelDialog(
            IJ.getInstance(), "DEFCoN", "The " + kind + " of " + last.getName() + " has finished.", "Look at it", "Begin another");
    if (dialog.cancelPressed()) throw new CancelledException();
    return dialog.yesPressed();
  }
}
