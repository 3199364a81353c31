package org.defconfiji.live.ui;

import ij.IJ;
import ij.Prefs;
import ij.gui.NonBlockingGenericDialog;
import java.awt.EventQueue;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.live.count.DensityShown;
import org.defconfiji.live.count.LiveSession;
import org.defconfiji.live.count.LiveSettings;
import org.defconfiji.live.count.Watch;
import org.defconfiji.ui.Wrapped;

/** Asks for the settings on a thread of its own while counting continues. Remembers the answers. */
public final class LiveSettingsDialog {
  static final String TITLE = "Live count settings";

  private static final String PREFERENCE = "defcon.live";
  private static final int TEXT_COLUMNS = 30;
  private static final String DEFAULT_MODEL = "(default)";

  private LiveSettingsDialog() {}

  /** The settings that were chosen last. */
  public static LiveSettings remembered() {
    try {
      return LiveSettings.parse(Prefs.get(PREFERENCE, ""));
    } catch (CommandException ofAnotherVersion) {
      return LiveSettings.none();
    }
  }

  static void open(LiveWindow window) {
    Thread thread = new Thread(() -> ask(window), "DEFCoN live settings");
    thread.setDaemon(true);
    thread.start();
  }

  private static void ask(LiveWindow window) {
    LiveSettings now = window.session().settings();
    NonBlockingGenericDialog dialog = new NonBlockingGenericDialog(TITLE);
    String[] models = models(window.session());
    dialog.addChoice("Model", models, now.model.isEmpty() ? DEFAULT_MODEL : now.model);
    dialog.addNumericField("Frames in the plot", now.points, 0);
    dialog.addChoice("Watch", titles(), now.watch.title());
    dialog.addStringField("Low threshold (empty: none)", LiveSettings.text(now.low), 8);
    dialog.addStringField("High threshold (empty: none)", LiveSettings.text(now.high), 8);
    dialog.addStringField("Hysteresis", LiveSettings.text(now.hysteresis), 8);
    dialog.addCheckbox("Beep when a threshold is crossed", now.beep);
    dialog.addStringField("Macro when a threshold is crossed (text or file)", now.macro, TEXT_COLUMNS);
    dialog.addCheckbox("Write a log", now.log);
    dialog.addStringField("Folder of the logs", now.folder.toString(), TEXT_COLUMNS);
    dialog.addChoice("Density map", names(DensityShown.values()), now.density.key());
    dialog.showDialog();
    if (dialog.wasCanceled()) return;
    take(window, dialog);
  }

  private static void take(LiveWindow window, NonBlockingGenericDialog dialog) {
    StringBuilder options = new StringBuilder();
    String model = dialog.getNextChoice();
    option(options, "model", model.equals(DEFAULT_MODEL) ? "" : model);
    option(options, "points", LiveSettings.text(dialog.getNextNumber()));
    option(options, "watch", Watch.values()[dialog.getNextChoiceIndex()].key());
    option(options, "low", dialog.getNextString());
    option(options, "high", dialog.getNextString());
    option(options, "hysteresis", dialog.getNextString());
    if (dialog.getNextBoolean()) options.append("beep ");
    option(options, "macro", dialog.getNextString());
    if (!dialog.getNextBoolean()) options.append("nolog ");
    option(options, "folder", dialog.getNextString());
    option(options, "density", dialog.getNextChoice());
    try {
      LiveSettings chosen = LiveSettings.parse(options.toString());
      Prefs.set(PREFERENCE, chosen.options());
      EventQueue.invokeLater(() -> {
        if (window.isDisplayable()) window.apply(chosen);
      });
    } catch (CommandException wrong) {
      IJ.error(TITLE, Wrapped.text(wrong.getMessage()));
      ask(window);
    }
  }

  private static void option(StringBuilder options, String key, String value) {
    if (!value.trim().isEmpty()) options.append(key).append("=[").append(value.trim()).append("] ");
  }

  /** The daemon's models and the chosen one, which may be a path. */
  private static String[] models(LiveSession session) {
    Set<String> models = new LinkedHashSet<>();
    models.add(DEFAULT_MODEL);
    models.addAll(session.models());
    if (!session.settings().model.isEmpty()) models.add(session.settings().model);
    return models.toArray(new String[0]);
  }

  private static String[] titles() {
    String[] titles = new String[Watch.values().length];
    for (Watch watch : Watch.values()) titles[watch.ordinal()] = watch.title();
    return titles;
  }

  private static String[] names(Enum<?>[] values) {
    String[] names = new String[values.length];
    for (Enum<?> value : values) names[value.ordinal()] = value.name().toLowerCase(Locale.ROOT);
    return names;
  }
}
