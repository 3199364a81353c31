package org.defconfiji.command.count;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.LastingStream;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.Prediction;

/** Sends frames as fast as the daemon accepts them and returns the results in order. */
public final class CountJob {
  /** The watcher is asked at least this often while the job waits. */
  private static final long WAIT_MS = 50;

  /** Follows a job and can cancel it. Called on the thread of the job. */
  public interface Watcher {
    boolean cancelled();

    void counted(int done, int total);
  }

  private final Frames frames;
  private final LastingStream stream;
  private final int pool;
  private final Watcher watcher;
  private byte[] next;
  private int sent;
  private int counted;

  /** @param pool side of the max local count's square, pixels; 0 if it is not wanted */
  public CountJob(Frames frames, LastingStream stream, int pool, Watcher watcher) {
    this.frames = frames;
    this.stream = stream;
    this.pool = pool;
    this.watcher = watcher;
  }

  /**
   * Counts all frames.
   *
   * @return the results in the order of the frames
   * @throws CancelledException the watcher cancelled the job
   */
  public List<CountedFrame> run() throws DefconException {
    List<CountedFrame> all = new ArrayList<>();
    while (hasNext()) all.add(next());
    return all;
  }

  /** Whether there are more results. */
  public boolean hasNext() {
    return counted < frames.size();
  }

  /**
   * Waits for the next result.
   *
   * @throws CancelledException the watcher cancelled the job
   */
  public CountedFrame next() throws DefconException {
    while (true) {
      while (sent < frames.size() && send()) refuseCancelled();
      refuseCancelled();
      Prediction prediction = take();
      if (prediction == null) continue;
      CountedFrame frame = CountedFrame.of(prediction, frames.selection(), pool);
      watcher.counted(++counted, frames.size());
      return frame;
    }
  }

  private boolean send() throws DefconException {
    if (next == null) next = frames.bytes(sent);
    if (!stream.trySend(next)) return false;
    next = null;
    sent++;
    return true;
  }

  private void refuseCancelled() throws CancelledException {
    if (watcher.cancelled()) throw new CancelledException();
  }

  private Prediction take() throws DefconException {
    try {
      return stream.poll(WAIT_MS, TimeUnit.MILLISECONDS);
    } catch (FrameException error) {
      throw new FrameException(
          error.sequence(), error.code(), frames.place((int) error.sequence()) + ": " + error.getMessage());
    }
  }
}
