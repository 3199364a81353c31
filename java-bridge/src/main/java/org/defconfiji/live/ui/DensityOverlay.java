package org.defconfiji.live.ui;

import ij.ImagePlus;
import ij.gui.ImageRoi;
import ij.gui.Overlay;
import ij.gui.Roi;
import java.awt.image.BufferedImage;

/**
 * Lays the newest density map over the counted image. Other overlays stay. Runs on the event
 * thread.
 */
final class DensityOverlay {
  private static final String NAME = "DEFCoN live density";

  private ImagePlus covered;

  /**
   * Covers an image with a picture of the same size.
   *
   * @param image if it is null or has another size, nothing is covered
   */
  void cover(ImagePlus image, BufferedImage picture) {
    if (image == null || image.getWidth() != picture.getWidth() || image.getHeight() != picture.getHeight()) {
      uncover();
      return;
    }
    if (image != covered) uncover();
    Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
    removeOurs(overlay);
    ImageRoi roi = new ImageRoi(0, 0, picture);
    roi.setName(NAME);
    overlay.add(roi);
    image.setOverlay(overlay);
    covered = image;
  }

  void uncover() {
    if (covered == null) return;
    Overlay overlay = covered.getOverlay();
    if (overlay != null) {
      removeOurs(overlay);
      covered.setOverlay(overlay.size() == 0 ? null : overlay);
    }
    covered = null;
  }

  private static void removeOurs(Overlay overlay) {
    for (int i = overlay.size() - 1; i >= 0; i--) {
      Roi roi = overlay.get(i);
      if (NAME.equals(roi.getName())) overlay.remove(i);
    }
  }
}
