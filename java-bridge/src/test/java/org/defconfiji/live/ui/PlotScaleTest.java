package org.defconfiji.live.ui;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlotScaleTest {
  private static final double[] VALUES = {9, 9};
  private static final double[] NO_THRESHOLDS = {Double.NaN, Double.NaN};

  @Test
  @DisplayName("the scale has room for the band of expected errors")
  void band() {
    double[] uppers = {17, Double.NaN};
    assertTrue(PlotScale.of(VALUES, NO_THRESHOLDS).to < 17);
    assertTrue(PlotScale.of(VALUES, uppers, NO_THRESHOLDS).to >= 17);
  }
}
