package org.defconfiji.live.count;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Molecules inside each of an image's selections. */
final class RoiCounts {
  private RoiCounts() {}

  /**
   * Counts by name, in the selections' order; a name that occurs again gets a number.
   *
   * @param density molecules per pixel, width x height; empty: there are no counts
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
