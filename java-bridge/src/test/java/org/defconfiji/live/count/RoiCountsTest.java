package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.gui.Line;
import ij.gui.OvalRoi;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RoiCountsTest {
  /** A map of 4 x 3. Each value tells its position. */
  private static final float[] DENSITY = {
    1, 2, 4, 8,
    16, 32, 64, 128,
    256, 512, 1024, 2048
  };

  private static double count(Roi roi) {
    return RoiShape.of("roi", roi).count(DENSITY, 4, 3);
  }

  @Test
  @DisplayName("a rectangle's count is the sum of the density inside")
  void rectangle() {
    assertEquals(2 + 4 + 32 + 64, count(new Roi(1, 0, 2, 2)));
    assertEquals(4095, count(new Roi(0, 0, 4, 3)));
  }

  @Test
  @DisplayName("what lies outside of the frame counts nothing")
  void outside() {
    assertEquals(1 + 2, count(new Roi(-3, -5, 5, 6)));
    assertEquals(2048, count(new Roi(3, 2, 10, 10)));
    assertEquals(0, count(new Roi(20, 20, 3, 3)));
  }

  @Test
  @DisplayName("of a shape that is no rectangle, the pixels that ImageJ says are inside")
  void shapes() {
    Roi triangle = new PolygonRoi(new float[] {0, 4, 0}, new float[] {0, 0, 3}, Roi.POLYGON);
    for (Roi roi : Arrays.asList(triangle, new OvalRoi(0, 0, 4, 3), new OvalRoi(-2, -1, 5, 4))) {
      double sum = 0;
      for (int i = 0; i < DENSITY.length; i++) if (roi.contains(i % 4, i / 4)) sum += DENSITY[i];
      assertEquals(sum, count(roi));
      assertTrue(sum > 0 && sum < 4095);
    }
  }

  @Test
  @DisplayName("lines have no area")
  void lines() {
    assertNull(RoiShape.of("line", new Line(0, 0, 3, 2)));
  }

  @Test
  @DisplayName("several selections are counted each by its name, names that repeat get a number")
  void several() {
    List<RoiShape> shapes = Arrays.asList(
        RoiShape.of("cell", new Roi(0, 0, 1, 1)),
        RoiShape.of("cell", new Roi(3, 2, 1, 1)),
        RoiShape.of("rest", new Roi(0, 1, 4, 1)));
    Map<String, Double> counts = RoiCounts.of(DENSITY, 4, 3, shapes);
    assertEquals(Arrays.asList("cell", "cell-2", "rest"), new ArrayList<>(counts.keySet()));
    assertEquals(Arrays.asList(1.0, 2048.0, 240.0), new ArrayList<>(counts.values()));
    assertEquals(Collections.emptyMap(), RoiCounts.of(new float[0], 4, 3, shapes));
  }
}
