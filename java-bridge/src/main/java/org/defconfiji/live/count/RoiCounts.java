package org.defconfiji.live.count;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts the molecules inside each selection of an image. */
final class RoiCounts {
  private RoiCounts() {}

  /**
   * Counts by name, in the order of the selections. A repeated name gets a number.
   *
   * @param density molecules per pixel, width x height; if empty, so is the result
   */
  static Map<String, Double> of(float[] density, int width, int height, List<RoiShape> shapes) {
    if (density.length == 0 || shapes.isEmpty()) return Collections.emptyMap();
    Map<String, Double> counts = new LinkedHashMap<>();
    for (RoiShape shape : shapes) counts.put(freeName(shape.name(), counts), shape.count(density, width, height));
    return Collections.unmodifiableMap(counts);
  }

  private static String freeName(String name, Map<String, Double> taken) {
    String free = name;
    for (int number = 2; taken.containsKey(free); number++) free = name + "-" + number;
    return free;
  }
}
