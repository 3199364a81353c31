package org.defconfiji.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.DefconException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;

/** Sends frames as fast as the daemon grants credit, and takes the answers as they come. */
final class CountJob {
  /** How long a wait may last before the watcher is asked again. */
  private static final long WAIT_MS = 50;

  /** Watches a job; asked and told on the job's own thread. */
  interface Watcher {
    boolean cancelled();

    void counted(int done, int total);
  }

  private final Frames frames;
  private final Stream stream;
  private final int pool;
  private final Watcher watcher;
  private final List<CountedFrame> counted = new ArrayList<>();

  /** @param pool side of the window of the max local count, pixels; 0 where it is not wanted */
  CountJob(Frames frames, Stream stream, int pool, Watcher watcher) {
    this.frames = frames;
    this.stream = stream;
    this.pool = pool;
    this.watcher = watcher;
  }

  /** @return all frames in order, or null where the watcher cancelled */
  List<CountedFrame> run() throws DefconException {
    for (int frame = 0; frame < frames.size(); frame++) {
      byte[] pixels = frames.bytes(frame);
      while (!stream.trySend(pixels)) {
        if (watcher.cancelled()) return null;
        take(WAIT_MS);
      }
      while (take(0)) continue;
      if (watcher.cancelled()) return null;
    }
    while (counted.size() < frames.size()) {
      if (watcher.cancelled()) return null;
      take(WAIT_MS);
    }
    return counted;
  }

  private boolean take(long waitMs) throws DefconException {
    Prediction prediction;
    try {
      prediction = stream.poll(waitMs, TimeUnit.MILLISECONDS);
    } catch (FrameException error) {
      throw new FrameException(
          error.sequence(), error.code(), frames.place((int) error.sequence()) + ": " + error.getMessage());
    }
    if (prediction == null) return false;
    counted.add(CountedFrame.of(prediction, frames.selection(), pool));
    watcher.counted(counted.size(), frames.size());
    return true;
  }
}
