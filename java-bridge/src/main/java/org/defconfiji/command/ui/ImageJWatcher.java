package org.defconfiji.command.ui;

import ij.IJ;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.defconfiji.command.count.CountJob;

/** Shows progress in ImageJ's status bar and listens for Esc. */
public final class ImageJWatcher implements CountJob.Watcher {
  private static final long STATUS_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long start = System.nanoTime();
  private long lastStatus = start;

  public ImageJWatcher() {
    IJ.resetEscape();
  }

  /** Says in the status bar that the plugin is connecting again. */
  public static void showLost() {
    IJ.showStatus("DEFCoN: the connection was lost, connecting again...");
  }

  @Override
  public boolean cancelled() {
    return IJ.escapePressed();
  }

  @Override
  public void counted(int done, int total) {
    long now = System.nanoTime();
    if (done < total && now - lastStatus < STATUS_INTERVAL_NANOS) return;
    lastStatus = now;
    IJ.showProgress((double) done / total);
    double rate = done / Math.max(1e-9, (now - start) / 1e9);
    String what =
        done < total
            ? "DEFCoN: %1$d of %2$d frames, %3$.1f frames/s (Esc cancels)"
            : "DEFCoN: %2$d frames, %3$.1f frames/s";
    IJ.showStatus(String.format(Locale.ROOT, what, done, total, rate));
  }
}
