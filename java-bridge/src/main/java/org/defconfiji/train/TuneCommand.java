package org.defconfiji.train;

import ij.IJ;
import java.awt.EventQueue;
import java.io.IOException;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionValues;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.Training;
import org.defconfiji.wire.TrainingListener;
import org.defconfiji.wire.WireException;

/** Plugins > DEFCoN > Tune to my data...: tunes a model to the recording that is active. */
public final class TuneCommand extends RunCommand {
  private Recording recording;

  public TuneCommand() {
    super(true);
  }

  @Override
  void check() throws DefconException {
    recording = Recording.inFront();
  }

  @Override
  void runNow(Connection connection, String options) throws DefconException, IOException {
    TuningPlan plan = plan(TuneOptions.TABLE.fromMacro(options));
    Recording.OnDisk stack = recording.onDisk();
    MacroTuning watcher = new MacroTuning(plan.name(), stack);
    String path = watcher.await(begin(connection, plan, stack, watcher));
    IJ.log("DEFCoN tuning: " + path);
    connection.library().setDefault(plan.name());
  }

  @Override
  boolean show(Connection connection) throws DefconException, IOException {
    Option name = TuneOptions.NAME.beginningWith(ModelName.tunedTo(recording.title()));
    OptionValues values = TuneOptions.TABLE.with(name).ask();
    if (values == null) return false;
    TuningPlan plan = plan(values);
    Recording.OnDisk stack = recording.onDisk();
    EventQueue.invokeLater(
        () ->
            TuningWindow.open(
                connection, plan.name(), true, stack::release, listener -> begin(connection, plan, stack, listener)));
    return true;
  }

  private TuningPlan plan(OptionValues values) throws DefconException {
    return new TuningPlan(values, recording.title(), Surroundings.current().defconHome());
  }

  /** Starts the tuning. If the daemon refuses, the recording is released. */
  private static Training begin(
      Connection connection, TuningPlan plan, Recording.OnDisk stack, TrainingListener listener) throws WireException {
    try {
      return connection.startTuning(plan.settings(stack.file()), listener);
    } catch (WireException refused) {
      stack.release();
      throw refused;
    }
  }
}
