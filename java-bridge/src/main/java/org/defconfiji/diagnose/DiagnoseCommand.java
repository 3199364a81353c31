package org.defconfiji.diagnose;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Paths;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.daemon.UserSettings;
import org.defconfiji.files.WholeFile;
import org.defconfiji.options.OptionValues;
import org.defconfiji.ui.Wrapped;

/**
 * Plugins > DEFCoN > Diagnose...: checks this computer, controls the daemon, edits the settings.
 */
public final class DiagnoseCommand implements PlugIn {
  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public void run(String arg) {
    Surroundings surroundings = Surroundings.current();
    String macro = Macro.getOptions();
    try {
      if (macro != null) carryOut(surroundings, DiagnoseOptions.TABLE.fromMacro(macro));
      else if (GraphicsEnvironment.isHeadless()) IJ.log(report(surroundings).text());
      else open(surroundings);
    } catch (DefconException | IOException error) {
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void open(Surroundings surroundings) {
    Recorder.setCommand(null);
    EventQueue.invokeLater(() -> DiagnoseWindow.open(surroundings));
  }

  private static Report report(Surroundings surroundings) throws DefconException, IOException {
    IJ.resetEscape();
    return Report.examine(new Program(surroundings), IJ::escapePressed);
  }

  private static void carryOut(Surroundings surroundings, OptionValues values)
      throws DefconException, IOException, InterruptedException {
    UserSettings settings = new UserSettings(surroundings);
    DaemonControl control = new DaemonControl(new Daemon(surroundings), settings);
    if (values.flag(DiagnoseOptions.DEVICE)) settings.setDevice(values.choice(DiagnoseOptions.DEVICE));
    if (values.flag(DiagnoseOptions.STOP)) control.stop();
    if (values.flag(DiagnoseOptions.START)) control.start();
    if (values.flag(DiagnoseOptions.DEVICE)) {
      String difference = control.deviceDifference();
      if (!difference.isEmpty()) IJ.log(difference);
    }
    String file = values.text(DiagnoseOptions.SAVE);
    if (!file.isEmpty()) WholeFile.write(Paths.get(file).toAbsolutePath(), report(surroundings).text());
  }
}
