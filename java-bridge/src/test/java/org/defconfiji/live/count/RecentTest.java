package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RecentTest {
  private static Recent of(int most, double... values) {
    Recent recent = new Recent(most);
    for (double value : values) recent.add(value);
    return recent;
  }

  @Test
  @DisplayName("keeps the newest values, oldest first")
  void order() {
    assertArrayEquals(new double[] {}, of(3).inOrder());
    assertArrayEquals(new double[] {1, 2}, of(3, 1, 2).inOrder());
    assertArrayEquals(new double[] {3, 4, 5}, of(3, 1, 2, 3, 4, 5).inOrder());
  }

  @Test
  @DisplayName("the median is the middle value, of an even number the mean of the two in the middle")
  void median() {
    assertEquals(Double.NaN, of(5).median());
    assertEquals(7, of(5, 7).median());
    assertEquals(3, of(5, 9, 1, 3).median());
    assertEquals(2.5, of(5, 4, 1, 3, 2).median());
    assertEquals(4, of(3, 100, 100, 5, 1, 4).median());
  }
}
