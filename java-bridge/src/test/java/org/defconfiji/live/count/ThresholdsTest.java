package org.defconfiji.live.count;

import static org.defconfiji.live.ThresholdState.HIGH;
import static org.defconfiji.live.ThresholdState.LOW;
import static org.defconfiji.live.ThresholdState.NORMAL;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.defconfiji.live.ThresholdState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ThresholdsTest {
  private static void check(Thresholds thresholds, double[] values, ThresholdState... states) {
    for (int i = 0; i < values.length; i++) assertEquals(states[i], thresholds.after(values[i]), "value " + values[i]);
  }

  @Test
  @DisplayName("a value that wavers around a threshold is not told of each time")
  void hysteresis() {
    double[] values = {49, 50, 50.1, 49, 45, 44.9, 50, 51};
    check(new Thresholds(Double.NaN, 50, 5), values, NORMAL, NORMAL, HIGH, HIGH, HIGH, NORMAL, NORMAL, HIGH);
  }

  @Test
  @DisplayName("the low threshold is left only above it by the hysteresis")
  void low() {
    double[] values = {10, 9, 11, 12, 12.5, 9.5};
    check(new Thresholds(10, Double.NaN, 2), values, NORMAL, LOW, LOW, LOW, NORMAL, LOW);
  }

  @Test
  @DisplayName("from one side straight to the other, and back to the middle where a wide hysteresis forbids it")
  void both() {
    double[] values = {60, 5, 60, 40};
    check(new Thresholds(10, 50, 1), values, HIGH, LOW, HIGH, NORMAL);
  }

  @Test
  @DisplayName("without thresholds everything is normal")
  void none() {
    check(new Thresholds(Double.NaN, Double.NaN, 0), new double[] {-1e9, 0, 1e9}, NORMAL, NORMAL, NORMAL);
  }
}
