package org.defconfiji.command.count;

import ij.ImagePlus;
import ij.ImageStack;
import java.awt.Rectangle;
import org.defconfiji.predict.ImageBitDepthException;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.PixelFormat;

/** The frames of an image that are counted, in the order of its stack. */
public final class Frames {
  private final String title;
  private final ImageStack stack;
  private final Selection selection;
  private final int first;
  private final int size;

  private Frames(String title, ImageStack stack, Selection selection, int first, int size) {
    this.title = title;
    this.stack = stack;
    this.selection = selection;
    this.first = first;
    this.size = size;
  }

  /** @throws CommandException the selection lies outside the image */
  public static Frames of(ImagePlus image, boolean currentOnly) throws CommandException {
    int first = currentOnly ? image.getCurrentSlice() : 1;
    int size = currentOnly ? 1 : image.getStackSize();
    return new Frames(image.getTitle(), image.getStack(), Selection.of(image), first, size);
  }

  /**
   * Refuses an image whose pixel values are not brightnesses.
   *
   * @throws ImageBitDepthException it is RGB or has indexed colours
   */
  public static void refuseColour(ImagePlus image) throws ImageBitDepthException {
    Pixels.format(image.getProcessor());
    if (image.getType() == ImagePlus.COLOR_256)
      throw new ImageBitDepthException(
          "The pixels of an 8-bit colour image are numbers of colours, not brightnesses. Convert it with"
              + " Image > Type > RGB Color and then Image > Type > 8-bit.");
  }

  int size() {
    return size;
  }

  Selection selection() {
    return selection;
  }

  /** Whether less than the rectangle is counted: the selection is an oval, a polygon … */
  public boolean masked() {
    return selection.masked();
  }

  /** The rectangle that is counted. */
  public Rectangle area() {
    return selection.area();
  }

  public PixelFormat format() throws ImageBitDepthException {
    return Pixels.format(stack.getProcessor(first));
  }

  /** The pixels of frame 0, 1, … */
  byte[] bytes(int frame) throws ImageBitDepthException {
    return Pixels.bytes(stack.getProcessor(first + frame), area());
  }

  public String sliceLabel(int frame) {
    return stack.getSliceLabel(first + frame);
  }

  /** What a row is called: the title and the slice's label or number, as ImageJ's Measure does it. */
  public String rowLabel(int frame) {
    if (stack.getSize() == 1) return title;
    String label = stack.getShortSliceLabel(first + frame);
    return title + ":" + (label == null || label.isEmpty() ? Integer.toString(first + frame) : label);
  }

  /** Where a frame is found, for messages. */
  String place(int frame) {
    return stack.getSize() == 1 ? "'" + title + "'" : "Slice " + (first + frame) + " of '" + title + "'";
  }
}
