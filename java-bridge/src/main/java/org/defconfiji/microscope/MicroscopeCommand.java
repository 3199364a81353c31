package org.defconfiji.microscope;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import java.io.IOException;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.options.OptionValues;
import org.defconfiji.ui.Wrapped;

/**
 * Plugins > DEFCoN > Simulated microscope...: an image whose molecules follow the light that Live
 * count's control sets. Closing the image ends it.
 */
public final class MicroscopeCommand implements PlugIn {
  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public void run(String arg) {
    String macro = Macro.getOptions();
    try {
      OptionValues values =
          macro == null ? MicroscopeOptions.TABLE.ask() : MicroscopeOptions.TABLE.fromMacro(macro);
      if (values == null) return;
      String[] arguments = MicroscopeOptions.arguments(values).toArray(new String[0]);
      double light = MicroscopeOptions.light(values);
      SimulatedCamera.start(new Program(Surroundings.current()).start(arguments), light);
    } catch (DefconException | IOException error) {
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    }
  }
}
