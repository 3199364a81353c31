package org.defconfiji.live.ui;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.ImageWindow;
import ij.measure.Calibration;
import ij.process.FloatProcessor;

/** An image of its own that shows the newest density map. Runs on the event thread. */
final class DensityWindow {
  static final String TITLE = "Live density";

  /** The property whose text ImageJ shows above an image. */
  private static final String LABEL = "Slice_Label";

  private volatile ImagePlus image;

  /** Whether an image is this one. May be called on any thread. */
  boolean owns(ImagePlus other) {
    return other == image;
  }

  /** Whether the user has closed the window since it was shown. */
  boolean closedByUser() {
    return image != null && image.getWindow() == null;
  }

  /**
   * Shows a map, in a new window if none is open.
   *
   * @param label the text above the map
   * @param source the image that is counted, or null
   */
  void show(FloatProcessor map, String label, ImagePlus source) {
    if (image == null) {
      open(map, label, source);
      return;
    }
    ImageWindow shown = image.getWindow();
    if (shown == null) return;
    label(image, label);
    image.setProcessor(map);
    // Only the line above the map still has to be drawn.
    shown.repaint(0, 0, shown.getWidth(), shown.getInsets().top);
  }

  void close() {
    ImagePlus before = image;
    image = null;
    if (before == null) return;
    before.changes = false;
    before.close();
  }

  private void open(FloatProcessor map, String label, ImagePlus source) {
    ImagePlus opened = new ImagePlus(TITLE, map);
    label(opened, label);
    if (source != null) {
      Calibration calibration = source.getCalibration().copy();
      calibration.disableDensityCalibration();
      opened.setCalibration(calibration);
    }
    image = opened;
    opened.show();
    // The counted image stays the active one, so that commands still apply to it.
    if (source != null && source.getWindow() != null) WindowManager.setCurrentWindow(source.getWindow());
  }

  private static void label(ImagePlus image, String text) {
    try {
      image.setProp(LABEL, text);
    } catch (NoSuchMethodError olderImageJ) {
      // An older ImageJ shows no label. The window of the live count has the same text.
    }
  }
}
