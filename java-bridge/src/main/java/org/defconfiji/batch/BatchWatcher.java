package org.defconfiji.batch;

import ij.IJ;
import java.util.concurrent.TimeUnit;
import org.defconfiji.command.count.CountJob;

/** Shows the progress of a batch in ImageJ's status bar and listens for Esc. */
final class BatchWatcher implements CountJob.Watcher {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private int file;
  private int files = 1;
  private String name = "";
  private long last;

  /**
   * Announces the next file.
   *
   * @param file its number, from 1
   */
  void begin(int file, int files, String name) {
    this.file = file;
    this.files = files;
    this.name = name;
    last = 0;
  }

  @Override
  public boolean cancelled() {
    return IJ.escapePressed();
  }

  @Override
  public void counted(int done, int total) {
    long now = System.nanoTime();
    if (done < total && now - last < INTERVAL_NANOS) return;
    last = now;
    IJ.showProgress((file - 1 + (double) done / total) / files);
    IJ.showStatus(
        "DEFCoN: file " + file + " of " + files + ", " + name + ", frame " + done + " of " + total + " (Esc cancels)");
  }
}
