package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryTest {
  @Test
  @DisplayName("keeps the last values with the bands of their errors, which go below 0 only with the value")
  void bands() {
    History history = new History(3);
    history.add(99, 1);
    history.add(5, 2);
    history.add(0.5, 1);
    history.add(7, Double.NaN);
    History.Points points = history.points();
    assertArrayEquals(new double[] {5, 0.5, 7}, points.values());
    assertEquals(3, points.lower(0));
    assertEquals(7, points.upper(0));
    assertEquals(0, points.lower(1));
    assertTrue(Double.isNaN(points.lower(2)) && Double.isNaN(points.upper(2)));
  }
}
