package org.defconfiji.live;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import ij.plugin.frame.Recorder;
import java.awt.EventQueue;
import java.awt.GraphicsEnvironment;
import java.lang.reflect.InvocationTargetException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.live.count.ControlOptions;
import org.defconfiji.live.count.LiveSettings;
import org.defconfiji.live.ui.LiveSettingsDialog;
import org.defconfiji.live.ui.LiveWindow;
import org.defconfiji.ui.Wrapped;

/**
 * Plugins > DEFCoN > Live count...: counts the active image while it changes.
 *
 * <p>Macros can also start, pause and stop it.
 */
public final class LiveCommand implements PlugIn {
  /** The first word of options that are about the control of light. */
  private static final String CONTROL = "control ";

  private static final Map<String, Consumer<LiveWindow>> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("stop", LiveWindow::dispose);
    VERBS.put("pause", window -> window.session().pause(true));
    VERBS.put("resume", window -> window.session().pause(false));
  }

  @Override
  public void run(String arg) {
    try {
      if (GraphicsEnvironment.isHeadless())
        throw new CommandException(
            "Live count needs a screen: it follows the active image's window. Without one, use 'Density map...' or the"
                + " command line.");
      String macro = Macro.getOptions();
      if (macro != null && VERBS.containsKey(macro.trim())) tell(VERBS.get(macro.trim()));
      else if (macro != null && macro.trim().startsWith(CONTROL)) steer(macro.trim().substring(CONTROL.length()));
      else if (macro != null) start(LiveSettings.parse(macro), true);
      else start(IJ.isMacro() ? LiveSettings.none() : LiveSettingsDialog.remembered(), false);
    } catch (CommandException wrong) {
      IJ.error("DEFCoN", Wrapped.text(wrong.getMessage()));
    }
  }

  /** Starts, changes or stops the control of light in the window that is open. */
  private static void steer(String options) throws CommandException {
    LiveWindow window = LiveWindow.find();
    if (window == null)
      throw new CommandException("Live count: control needs a live count. Run Live count... before.");
    if (options.trim().equals("stop")) {
      onEventThread(window.control()::stop);
      return;
    }
    ControlOptions wanted = ControlOptions.parse(options, window.control().options());
    AtomicReference<CommandException> refused = new AtomicReference<>();
    onEventThread(
        () -> {
          try {
            window.control().start(wanted);
          } catch (CommandException wrong) {
            refused.set(wrong);
          }
        });
    if (refused.get() != null) throw refused.get();
  }

  private static void tell(Consumer<LiveWindow> verb) {
    onEventThread(() -> {
      LiveWindow open = LiveWindow.find();
      if (open != null) verb.accept(open);
    });
  }

  /**
   * @param apply whether an open window takes these settings; if not, it only comes to the front
   */
  private static void start(LiveSettings settings, boolean apply) {
    if (Recorder.record && !IJ.isMacro()) record(settings);
    onEventThread(() -> {
      LiveWindow open = LiveWindow.find();
      if (open == null) LiveWindow.open(settings, Daemon.ofThisUser(), LiveCounts::tell, LiveControls::tell);
      else if (apply) open.apply(settings);
      else open.toFront();
    });
  }

  private static void record(LiveSettings settings) {
    String options = settings.options();
    if (!options.isEmpty()) Recorder.recordOption(options);
  }

  private static void onEventThread(Runnable what) {
    if (EventQueue.isDispatchThread()) {
      what.run();
      return;
    }
    try {
      EventQueue.invokeAndWait(what);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }
}
