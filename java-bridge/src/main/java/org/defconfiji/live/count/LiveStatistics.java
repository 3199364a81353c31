package org.defconfiji.live.count;

/** How fast frames arrive and are counted. Thread-safe. Times are {@link System#nanoTime()}. */
public final class LiveStatistics {
  /** Rates are measured over this many seconds. */
  private static final double RATE_S = 2;
  /** The most frames that a fast camera sends in that time. */
  private static final int MOST_TIMES = 4_096;
  /** Medians are taken over this many frames. */
  private static final int MEDIAN_FRAMES = 501;

  private final Rate seen = new Rate();
  private final Rate counted = new Rate();
  private final Recent latencies = new Recent(MEDIAN_FRAMES);
  private final Recent engine = new Recent(MEDIAN_FRAMES);
  private long results;
  private long skipped;

  /** Notes that a frame arrived from the image. */
  synchronized void seen(long nanos) {
    seen.add(nanos);
  }

  /**
   * Notes that a frame was counted.
   *
   * @param latencyMs the time from copying its pixels to its count, ms
   * @param engineMs the daemon's part of that, ms
   */
  synchronized void counted(long nanos, double latencyMs, double engineMs) {
    counted.add(nanos);
    latencies.add(latencyMs);
    engine.add(engineMs);
    results++;
  }

  synchronized void skipped(long frames) {
    skipped += frames;
  }

  /** The number of frames counted. */
  public synchronized long results() {
    return results;
  }

  /** The number of frames that arrived and will not be counted. */
  public synchronized long skipped() {
    return skipped;
  }

  /** Frames per second that arrive from the image. */
  public synchronized double seenRate(long now) {
    return seen.at(now);
  }

  /** Frames per second that are counted. */
  public synchronized double countedRate(long now) {
    return counted.at(now);
  }

  /** The median latency of the last 501 frames, ms; NaN before the first. */
  public synchronized double latencyMs() {
    return latencies.median();
  }

  /** The median time in the daemon of the last 501 frames, ms; NaN before the first. */
  public synchronized double engineMs() {
    return engine.median();
  }

  private static final class Rate {
    private final Recent seconds = new Recent(MOST_TIMES);

    void add(long nanos) {
      seconds.add(nanos / 1e9);
    }

    double at(long nanos) {
      double now = nanos / 1e9;
      double[] times = seconds.inOrder();
      int first = times.length;
      while (first > 0 && now - times[first - 1] <= RATE_S) first--;
      int within = times.length - first;
      if (within == 0) return 0;
      boolean fromTheStart = first == 0;
      double span = fromTheStart ? now - times[0] : RATE_S;
      return span <= 0 ? 0 : within / span;
    }
  }
}
