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

/**
 * The common part of "Train..." and "Tune to my data...".
 *
 * <p>A macro waits for the end. A user gets a window. A run that is under way is shown first.
 */
abstract class RunCommand implements PlugIn {
  private final boolean tunes;

  /** @param tunes whether the command tunes; otherwise it trains */
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
        // The window needs the connection as long as it is open.
        if (!kept) connection.close();
      }
    } catch (CancelledException cancelled) {
      IJ.showStatus("DEFCoN: cancelled");
    } catch (DefconException | IOException error) {
      IJ.showStatus("");
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    }
  }

  /** Checks what the command needs, before anything else. */
  void check() throws DefconException {}

  /** Runs with a macro's options, to the end. */
  abstract void runNow(Connection connection, String options) throws DefconException, IOException;

  /**
   * Asks for options and opens a window.
   *
   * @return whether the window needs the connection
   */
  abstract boolean show(Connection connection) throws DefconException, IOException;

  /** Shows the run under way, or a finished run of this command that the user has not seen. */
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

  /**
   * Whether to show the last run. It is shown if it runs. If it has finished, the user is asked.
   */
  private boolean wantsToSee(TrainingSummary last, List<ModelInfo> models) throws CancelledException {
    if (last.getState() == TrainingState.RUNNING) return true;
    if (last.getState() != TrainingState.FINISHED || last.getTuning() != tunes) return false;
    for (ModelInfo model : models)
      if (model.name().equals(last.getName()) && (model.isDefault() || !tunes)) return false;
    String kind = tunes ? "tuning" : "training";
    YesNoCancelDialog dialog =
        new YesNoCancelDialog(
            IJ.getInstance(), "DEFCoN", "The " + kind + " of " + last.getName() + " has finished.", "Look at it", "Start another");
    if (dialog.cancelPressed()) throw new CancelledException();
    return dialog.yesPressed();
  }
}
