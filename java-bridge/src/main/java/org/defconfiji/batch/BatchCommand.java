package org.defconfiji.batch;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.DefconException;
import org.defconfiji.command.ui.ImageJWatcher;
import org.defconfiji.command.ui.ModelChoice;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.LastingConnection;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionTable;
import org.defconfiji.options.OptionValues;
import org.defconfiji.ui.Wrapped;
import org.defconfiji.wire.CancelledException;

/** Plugins > DEFCoN > Batch...: counts all images of a folder. */
public final class BatchCommand implements PlugIn {
  /** The number of problems that fit into a message box. The summary lists all of them. */
  private static final int SHOWN_PROBLEMS = 8;

  /** Runs on the thread that ImageJ made for the command, never on the event thread. */
  @Override
  public void run(String arg) {
    try {
      batch();
    } catch (CancelledException cancelled) {
      IJ.showStatus("DEFCoN batch: cancelled");
    } catch (DefconException | IOException error) {
      IJ.showStatus("");
      IJ.error("DEFCoN", Wrapped.text(error.getMessage()));
    } finally {
      IJ.showProgress(1.0);
    }
  }

  private static void batch() throws DefconException, IOException {
    String macro = Macro.getOptions();
    boolean asks = macro == null && !GraphicsEnvironment.isHeadless();
    IJ.resetEscape();
    IJ.showStatus("DEFCoN: connecting to the daemon...");
    BatchWatcher watcher = new BatchWatcher();
    try (LastingConnection connection =
        new LastingConnection(Daemon.ofThisUser(), watcher::cancelled, ImageJWatcher::showLost)) {
      OptionTable table = BatchOptions.TABLE;
      if (asks) table = table.with(ModelChoice.of(BatchOptions.MODEL, connection.current().models()));
      IJ.showStatus("");
      OptionValues values = asks ? table.ask() : table.fromMacro(macro == null ? "" : macro);
      if (values == null) return;
      // Esc may have closed the dialog before. It must not cancel the batch.
      IJ.resetEscape();
      tell(run(values, connection, watcher), asks);
    }
  }

  private static BatchResult run(OptionValues values, LastingConnection connection, BatchWatcher watcher)
      throws DefconException, IOException {
    Path input = path(values, BatchOptions.INPUT);
    Path output = path(values, BatchOptions.OUTPUT);
    if (!Files.isDirectory(input))
      throw new OptionException("Input folder " + input + ": expected a folder, found none. Correct the path.");
    boolean replace = values.choice(BatchOptions.EXISTING).equals(BatchOptions.REPLACE);
    String pattern = values.text(BatchOptions.PATTERN);
    InputFolder folder =
        InputFolder.look(input, output, new NamePattern(pattern), values.flag(BatchOptions.SUBFOLDERS));
    if (folder.files().isEmpty() && folder.unreadable().isEmpty())
      throw new OptionException(
          input + ": expected files named " + pattern + ", found none. Change the pattern, or set 'Subfolders too'.");
    Summary summary = Summary.of(output);
    return new BatchRun(
            connection, values.text(BatchOptions.MODEL), values.flag(BatchOptions.DENSITY), replace, watcher)
        .run(folder, summary);
  }

  private static Path path(OptionValues values, Option row) throws OptionException {
    String text = values.required(row);
    try {
      return Paths.get(text).toAbsolutePath().normalize();
    } catch (InvalidPathException notAPath) {
      throw new OptionException(row.label() + ": expected a path, found '" + text + "'. Correct it.");
    }
  }

  /** Shows the outcome. A macro gets it in the log, because a message box would stop the macro. */
  private static void tell(BatchResult result, boolean boxed) {
    IJ.showStatus(result.headline());
    if (!boxed) IJ.log(result.headline());
    if (!result.hasProblems()) return;
    if (!boxed) {
      IJ.log(result.problems());
      return;
    }
    String[] lines = result.problems().split("\n");
    StringBuilder shown = new StringBuilder(result.headline()).append("\n \n");
    for (int i = 0; i < Math.min(lines.length, SHOWN_PROBLEMS); i++) shown.append(lines[i]).append('\n');
    if (lines.length > SHOWN_PROBLEMS) shown.append("... and ").append(lines.length - SHOWN_PROBLEMS).append(" more");
    IJ.showMessage("DEFCoN batch", Wrapped.text(shown.toString()));
  }
}
