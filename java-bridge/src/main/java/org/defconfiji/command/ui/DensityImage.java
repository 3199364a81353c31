package org.defconfiji.command.ui;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import ij.process.FloatProcessor;
import java.awt.Rectangle;
import java.util.List;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.Frames;
import org.defconfiji.ui.Viridis;

/**
 * Shows density maps as a 32-bit image with the calibration and the layout of the counted image.
 */
public final class DensityImage {
  private DensityImage() {}

  /**
   * Builds the image.
   *
   * @param source the counted image
   * @param counted one result per frame, with its density map
   */
  public static ImagePlus of(ImagePlus source, Frames frames, List<CountedFrame> counted) {
    Rectangle area = frames.area();
    ImageStack stack = new ImageStack(area.width, area.height);
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int frame = 0; frame < counted.size(); frame++) {
      float[] density = counted.get(frame).density();
      for (float value : density) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      stack.addSlice(label(frames.sliceLabel(frame), counted.get(frame)), new FloatProcessor(area.width, area.height, density));
    }
    ImagePlus image = new ImagePlus(source.getTitle() + " density", stack);
    image.setCalibration(calibration(source, area));
    if (counted.size() == source.getStackSize()) {
      image.setDimensions(source.getNChannels(), source.getNSlices(), source.getNFrames());
      image.setOpenAsHyperStack(source.isHyperStack());
    }
    image.setLut(Viridis.lut());
    image.setDisplayRange(min, max);
    return image;
  }

  /**
   * The label of the source slice, followed by a line with the count.
   *
   * <p>ImageJ shows the first line above the image and all lines in Show Info...
   */
  private static String label(String ofSource, CountedFrame frame) {
    if (!frame.certainty().isKnown()) return ofSource;
    String text = CertaintyText.of(frame.count(), frame.certainty());
    return ofSource == null || ofSource.isEmpty() ? text : ofSource + "\n" + text;
  }

  /**
   * The calibration of the source. Its origin is moved, because the maps begin at the selection.
   */
  private static Calibration calibration(ImagePlus source, Rectangle area) {
    Calibration calibration = source.getCalibration().copy();
    calibration.disableDensityCalibration();
    calibration.xOrigin -= area.x;
    calibration.yOrigin -= area.y;
    return calibration;
  }
}
