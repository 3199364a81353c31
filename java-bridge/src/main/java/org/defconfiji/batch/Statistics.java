package org.defconfiji.batch;

import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.files.Digits;

/** The numbers of one file in the summary of a batch. */
final class Statistics {
  private final TrustStatistics trust = new TrustStatistics();
  private int frames;
  private double sum;
  private double squares;
  private double least = Double.POSITIVE_INFINITY;
  private double most = Double.NEGATIVE_INFINITY;
  private double mostLocal = Double.NEGATIVE_INFINITY;

  void add(CountedFrame frame) {
    double count = frame.count();
    double before = frames == 0 ? 0 : sum / frames;
    frames++;
    sum += count;
    // Welford's algorithm. A plain sum of squares would lose its digits when counts are large.
    squares += (count - before) * (count - sum / frames);
    least = Math.min(least, count);
    most = Math.max(most, count);
    mostLocal = Math.max(mostLocal, frame.maxLocalCount());
    trust.add(frame);
  }

  /** The cells frames, mean_count, sd_count, min_count, max_count, max_local_count. */
  String[] cells() {
    double deviation = frames > 1 ? Math.sqrt(squares / (frames - 1)) : 0;
    return new String[] {
      Integer.toString(frames),
      Digits.of(sum / frames),
      Digits.of(deviation),
      Digits.of(least),
      Digits.of(most),
      Digits.of(mostLocal)
    };
  }

  /** The cells of {@link TrustStatistics#cells}. */
  String[] trustCells() {
    return trust.cells();
  }
}
