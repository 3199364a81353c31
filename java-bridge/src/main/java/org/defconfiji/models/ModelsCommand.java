package org.defconfiji.models;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.nio.file.Paths;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.ui.Wrapped;
import org.defconfiji.wire.ModelInfo;

/** Plugins > DEFCoN > Models...: lists, installs, removes models and sets the default. */
public final class ModelsCommand implements PlugIn {
  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public void run(String arg) {
    Library library = new Library(Daemon.ofThisUser());
    String macro = Macro.getOptions();
    try {
      if (macro != null) change(library, ModelsOptions.TABLE.fromMacro(macro));
      else if (GraphicsEnvironment.isHeadless()) list(library);
      else open(library);
    } catch (DefconException error) {
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    }
  }

  private static void open(Library library) {
    // The recorder writes what is done in the window, not that it was opened.
    Recorder.setCommand(null);
    EventQueue.invokeLater(() -> ModelsWindow.open(library));
  }

  private static void list(Library library) throws DefconException {
    for (ModelInfo model : library.list())
      IJ.log(model.name() + (model.isDefault() ? " (default)" : "") + ": " + model.architecture());
  }

  private static void change(Library library, OptionValues values) throws DefconException {
    String file = values.text(ModelsOptions.INSTALL);
    String chosen = values.text(ModelsOptions.DEFAULT);
    String removed = values.text(ModelsOptions.REMOVE);
    if (file.isEmpty() && chosen.isEmpty() && removed.isEmpty())
      throw new OptionException("Models...: expected install=[...], default=... or remove=... in the macro, found none of them.");
    if (!file.isEmpty()) {
      String path = Paths.get(file).toAbsolutePath().toString();
      library.install(path, values.text(ModelsOptions.NAME), values.flag(ModelsOptions.REPLACE));
    }
    if (!chosen.isEmpty()) library.setDefault(chosen);
    if (!removed.isEmpty()) library.remove(removed);
  }
}
