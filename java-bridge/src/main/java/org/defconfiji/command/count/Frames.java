package org.defconfiji.command.count;

import ij.ImagePlus;
import ij.ImageStack;
import java.awt.Rectangle;
import org.defconfiji.predict.ImageBitDepthException;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.PixelFormat;

/** The frames of an image that are counted, in the order of the stack. */
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

  /**
   * Takes all slices or only the one that is shown.
   *
   * @throws CommandException the selection lies outside the image
   */
  public static Frames of(ImagePlus image, boolean currentOnly) throws CommandException {
    int first = currentOnly ? image.getCurrentSlice() : 1;
    int size = currentOnly ? 1 : image.getStackSize();
    return new Frames(image.getTitle(), image.getStack(), Selection.of(image), first, size);
  }

  /**
   * Refuses images whose pixel values are not brightnesses.
   *
   * @throws ImageBitDepthException the image is RGB or has indexed colours
   */
  public static void refuseColour(ImagePlus image) throws ImageBitDepthException {
    Pixels.format(image.getProcessor());
    if (image.getType() == ImagePlus.COLOR_256)
      throw new ImageBitDepthException(
          "The pixels of an 8-bit colour image are colour indices, not brightnesses. Convert it with"
              + " Image > Type > RGB Color and then Image > Type > 8-bit.");
  }

  int size() {
    return size;
  }

  Selection selection() {
    return selection;
  }

  /** Whether the selection is smaller than its rectangle, for example an oval or a polygon. */
  public boolean masked() {
    return selection.masked();
  }

  /** The rectangle that is counted. */
  public Rectangle area() {
    return selection.area();
  }

  /**
   * The pixel type of the frames.
   *
   * @throws ImageBitDepthException they are RGB
   */
  public PixelFormat format() throws ImageBitDepthException {
    return Pixels.format(stack.getProcessor(first));
  }

  /**
   * The pixels of a frame.
   *
   * @param frame its index, from 0
   */
  byte[] bytes(int frame) throws ImageBitDepthException {
    return Pixels.bytes(stack.getProcessor(first + frame), area());
  }

  /**
   * The label of a slice, or null.
   *
   * @param frame its index, from 0
   */
  public String sliceLabel(int frame) {
    return stack.getSliceLabel(first + frame);
  }

  /** The label of a result row, as ImageJ's Measure builds it: the title and the slice. */
  public String rowLabel(int frame) {
    if (stack.getSize() == 1) return title;
    String label = stack.getShortSliceLabel(first + frame);
    return title + ":" + (label == null || label.isEmpty() ? Integer.toString(first + frame) : label);
  }

  /** Names a frame in messages. */
  String place(int frame) {
    return stack.getSize() == 1 ? "'" + title + "'" : "Slice " + (first + frame) + " of '" + title + "'";
  }
}
