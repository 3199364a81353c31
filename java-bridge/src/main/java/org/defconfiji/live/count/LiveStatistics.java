package org.defconfiji.live.count;

/** How fast frames come and are counted. Safe for several threads; times are those of {@link System#nanoTime()}. */
public final class LiveStatistics {
  /** Rates are those of the last seconds. */
  private static final double RATE_S = 2;
  /** As many frames as a fast camera sends in that time. */
  private static final int MOST_TIMES = 4_096;
  /** Medians are those of so many frames. */
  private static final int MEDIAN_FRAMES = 501;

  private final Rate seen = new Rate();
  private final Rate counted = new Rate();
  private final Recent latencies = new Recent(MEDIAN_FRAMES);
  private final Recent engine = new Recent(MEDIAN_FRAMES);
  private long results;
  private long skipped;

  /** A frame came from the image. */
  synchronized void seen(long nanos) {
    seen.add(nanos);
  }

  /** @param latencyMs from the copy of its pixels to the count @param engineMs the daemon's part of that */
  synchronized void counted(long nanos, double latencyMs, double engineMs) {
    counted.add(nanos);
    latencies.add(latencyMs);
    engine.add(engineMs);
    results++;
  }

  synchronized void skipped(long frames) {
    skipped += frames;
  }

  /** Frames counted so far. */
  public synchronized long results() {
    return results;
  }

  /** Frames that came and will not be counted, so far. */
  public synchronized long skipped() {
    return skipped;
  }

  /** Frames a second that came from the image. */
  public synchronized double seenRate(long now) {
    return seen.at(now);
  }

  /** Frames a second that were counted. */
  public synchronized double countedRate(long now) {
    return counted.at(now);
  }

  /** Median of the last 501 frames, ms; NaN before the first. */
  public synchronized double latencyMs() {
    return latencies.median();
  }

  /** Median of the last 501 frames, ms; NaN before the first. */
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
