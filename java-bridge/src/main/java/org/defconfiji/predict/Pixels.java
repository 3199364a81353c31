package org.defconfiji.predict;

import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.defconfiji.wire.PixelFormat;

/**
 * Converts ImageJ's pixels to bytes, as the protocol carries them.
 *
 * <p>They are raw values, little endian, row by row from the top left.
 */
public final class Pixels {
  private Pixels() {}

  /**
   * The pixel type of a processor.
   *
   * @throws ImageBitDepthException it is RGB
   */
  public static PixelFormat format(ImageProcessor processor) throws ImageBitDepthException {
    if (processor instanceof ByteProcessor) return PixelFormat.UINT8;
    if (processor instanceof ShortProcessor) return PixelFormat.UINT16;
    if (processor instanceof FloatProcessor) return PixelFormat.FLOAT32;
    throw new ImageBitDepthException(
        "An RGB image has no single brightness to count. Convert it with Image > Type > 8-bit, or take one colour of it"
            + " with Image > Color > Split Channels.");
  }

  /**
   * The pixels of a rectangle inside the image.
   *
   * @throws ImageBitDepthException the image is RGB
   */
  public static byte[] bytes(ImageProcessor processor, Rectangle area) throws ImageBitDepthException {
    PixelFormat format = format(processor);
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(area.width * format.bytes(), area.height));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    Object pixels = processor.getPixels();
    if (area.width == processor.getWidth()) {
      put(bytes, pixels, area.y * area.width, area.width * area.height, 0);
      return bytes.array();
    }
    for (int y = 0; y < area.height; y++) {
      int from = (area.y + y) * processor.getWidth() + area.x;
      put(bytes, pixels, from, area.width, y * area.width * format.bytes());
    }
    return bytes.array();
  }

  /**
   * All pixels of an image.
   *
   * @throws ImageBitDepthException the image is RGB
   */
  public static byte[] bytes(ImageProcessor processor) throws ImageBitDepthException {
    return bytes(processor, new Rectangle(processor.getWidth(), processor.getHeight()));
  }

  /**
   * Copies all pixels of an image into an existing array.
   *
   * @param pixels a byte[], short[] or float[]
   * @param bytes as long as the pixels need
   */
  public static void copy(Object pixels, byte[] bytes) {
    put(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN), pixels, 0, Array.getLength(pixels), 0);
  }

  private static void put(ByteBuffer bytes, Object pixels, int from, int count, int to) {
    bytes.position(to);
    if (pixels instanceof byte[]) bytes.put((byte[]) pixels, from, count);
    else if (pixels instanceof short[]) bytes.asShortBuffer().put((short[]) pixels, from, count);
    else bytes.asFloatBuffer().put((float[]) pixels, from, count);
  }
}
