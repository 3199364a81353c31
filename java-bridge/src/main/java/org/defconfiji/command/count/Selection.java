package org.defconfiji.command.count;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.process.ImageProcessor;
import java.awt.Rectangle;

/** The part of an image that is counted: the area selection, or the whole image. */
final class Selection {
  private final Rectangle area;
  private final Rectangle maskBounds;
  private final ImageProcessor mask;

  private Selection(Rectangle area, Rectangle maskBounds, ImageProcessor mask) {
    this.area = area;
    this.maskBounds = maskBounds;
    this.mask = mask;
  }

  /**
   * Reads the selection of an image. Lines and points have no area and are ignored.
   *
   * @throws CommandException the selection lies outside the image
   */
  static Selection of(ImagePlus image) throws CommandException {
    Rectangle whole = new Rectangle(image.getWidth(), image.getHeight());
    Roi roi = image.getRoi();
    if (roi == null || !roi.isArea()) return new Selection(whole, whole, null);
    Rectangle area = roi.getBounds().intersection(whole);
    if (area.isEmpty())
      throw new CommandException(
          "The selection lies outside of the image. Move it, or remove it with Edit > Selection > Select None.");
    return new Selection(area, roi.getBounds(), roi.getMask());
  }

  /** The rectangle whose pixels are sent. It lies inside the image. */
  Rectangle area() {
    return area;
  }

  /** Whether the selection is smaller than its rectangle, for example an oval or a polygon. */
  boolean masked() {
    return mask != null;
  }

  /**
   * Sets the density outside the selection to 0.
   *
   * @param density the values of {@link #area()}, row by row
   */
  void clearOutside(float[] density) {
    if (mask == null) return;
    for (int y = 0; y < area.height; y++)
      for (int x = 0; x < area.width; x++)
        if (mask.get(area.x + x - maskBounds.x, area.y + y - maskBounds.y) == 0) density[y * area.width + x] = 0;
  }
}
