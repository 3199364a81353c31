package org.defconfiji.live.count;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.plugin.frame.RoiManager;
import ij.process.ImageProcessor;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The pixels of a selection at one moment. */
public final class RoiShape {
  private final String name;
  private final Rectangle bounds;
  private final ImageProcessor mask;

  private RoiShape(String name, Roi roi) {
    this.name = name;
    this.bounds = roi.getBounds();
    this.mask = roi.getMask();
  }

  /**
   * Copies a selection.
   *
   * @return null for lines and points, which have no area
   */
  static RoiShape of(String name, Roi roi) {
    return roi == null || !roi.isArea() ? null : new RoiShape(name, roi);
  }

  /** The active selection of an image and those of the ROI Manager. Runs on the event thread. */
  public static List<RoiShape> on(ImagePlus image) {
    List<RoiShape> shapes = new ArrayList<>();
    add(shapes, "selection", image.getRoi());
    RoiManager manager = RoiManager.getInstance2();
    if (manager != null) for (Roi roi : manager.getRoisAsArray()) add(shapes, roi.getName(), roi);
    return Collections.unmodifiableList(shapes);
  }

  private static void add(List<RoiShape> shapes, String name, Roi roi) {
    RoiShape shape = of(name == null ? "roi" : name, roi);
    if (shape != null) shapes.add(shape);
  }

  String name() {
    return name;
  }

  /**
   * The number of molecules inside: the sum of the density.
   *
   * @param density width x height values, row by row from the top left
   */
  double count(float[] density, int width, int height) {
    Rectangle inside = bounds.intersection(new Rectangle(width, height));
    double sum = 0;
    for (int y = inside.y; y < inside.y + inside.height; y++)
      for (int x = inside.x; x < inside.x + inside.width; x++)
        if (mask == null || mask.get(x - bounds.x, y - bounds.y) != 0) sum += density[y * width + x];
    return sum;
  }

  /** Whether both are the same selection with the same pixels. */
  boolean same(RoiShape other) {
    return name.equals(other.name) && bounds.equals(other.bounds) && sameMask(other.mask);
  }

  private boolean sameMask(ImageProcessor other) {
    if (mask == null || other == null) return mask == other;
    return mask == other || Arrays.equals((byte[]) mask.getPixels(), (byte[]) other.getPixels());
  }
}
