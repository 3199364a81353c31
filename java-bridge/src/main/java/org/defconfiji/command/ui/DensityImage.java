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

/** The density maps of an image's frames as a 32-bit image that is calibrated and laid out as its source. */
public final class DensityImage {
  private DensityImage() {}

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

  /** The source's, with a line on how far the count is to be trusted: ImageJ shows a label's first line, and all in Show Info... */
  private static String label(String ofSource, CountedFrame frame) {
    if (!frame.certainty().isKnown()) return ofSource;
    String text = CertaintyText.of(frame.count(), frame.certainty());
    return ofSource == null || ofSource.isEmpty() ? text : ofSource + "\n" + text;
  }

  /** The source's, with the origin where it was before the selection was cut out. */
  private static Calibration calibration(ImagePlus source, Rectangle area) {
    Calibration calibration = source.getCalibration().copy();
    calibration.disableDensityCalibration();
    calibration.xOrigin -= area.x;
    calibration.yOrigin -= area.y;
    return calibration;
  }
}
