package org.defconfiji.live.count;

import java.util.Arrays;

/** The last numbers of a series. Not thread-safe. */
final class Recent {
  private final double[] values;
  private long added;

  /** @param most the number of values to keep */
  Recent(int most) {
    values = new double[most];
  }

  void add(double value) {
    values[(int) (added++ % values.length)] = value;
  }

  int size() {
    return (int) Math.min(added, values.length);
  }

  /** The kept values, oldest first. */
  double[] inOrder() {
    int size = size();
    double[] ordered = new double[size];
    for (int i = 0; i < size; i++) ordered[i] = values[(int) ((added - size + i) % values.length)];
    return ordered;
  }

  /** The median of the kept values; NaN if there are none. */
  double median() {
    double[] sorted = inOrder();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    if (sorted.length == 0) return Double.NaN;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
