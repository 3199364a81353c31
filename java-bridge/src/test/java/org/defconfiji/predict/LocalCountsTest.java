package org.defconfiji.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.process.FloatProcessor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LocalCountsTest {
  private static final FloatProcessor MAP =
      new FloatProcessor(4, 3, new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11, 12});

  @Test
  @DisplayName("sums every window that lies wholly inside the map")
  void sumsWindows() throws Exception {
    FloatProcessor sums = LocalCounts.map(MAP, 2);
    assertEquals(3, sums.getWidth());
    assertEquals(2, sums.getHeight());
    assertArrayEquals(new float[] {14, 18, 22, 30, 12, 16}, (float[]) sums.getPixels());
  }

  @Test
  @DisplayName("the maximum is the largest of the sums")
  void maximum() throws Exception {
    assertEquals(30, LocalCounts.maximum(MAP, 2));
    assertEquals(12, LocalCounts.maximum(MAP, 1));
    assertEquals(41, LocalCounts.maximum(MAP, 3));
  }

  @Test
  @DisplayName("a window of one pixel gives the map itself")
  void identity() throws Exception {
    assertArrayEquals((float[]) MAP.getPixels(), (float[]) LocalCounts.map(MAP, 1).getPixels());
  }

  @Test
  @DisplayName("a window that does not fit is refused with the sizes that do")
  void refusesLargeWindow() {
    NoLocalCountMapException error = assertThrows(NoLocalCountMapException.class, () -> LocalCounts.map(MAP, 4));
    assertTrue(error.getMessage().contains("4 x 4 pixels does not fit into a frame of 4 x 3"), error.getMessage());
    assertTrue(error.getMessage().contains("from 1 to 3"), error.getMessage());
    assertThrows(NoLocalCountMapException.class, () -> LocalCounts.map(MAP, 0));
  }
}
