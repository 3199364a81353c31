package org.defconfiji.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.process.ByteProcessor;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.awt.Rectangle;
import org.defconfiji.wire.PixelFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PixelsTest {
  @Test
  @DisplayName("16-bit pixels go out low byte first")
  void shorts() throws Exception {
    ImageProcessor frame = new ShortProcessor(2, 1, new short[] {0x1234, (short) 0xFEDC}, null);
    assertArrayEquals(new byte[] {0x34, 0x12, (byte) 0xDC, (byte) 0xFE}, Pixels.bytes(frame));
    assertEquals(PixelFormat.UINT16, Pixels.format(frame));
  }

  @Test
  @DisplayName("32-bit pixels go out as little endian IEEE 754")
  void floats() throws Exception {
    ImageProcessor frame = new FloatProcessor(2, 1, new float[] {1f, -2f});
    assertArrayEquals(new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0}, Pixels.bytes(frame));
    assertEquals(PixelFormat.FLOAT32, Pixels.format(frame));
  }

  @Test
  @DisplayName("a rectangle is cut out row by row")
  void rectangle() throws Exception {
    byte[] pixels = {0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23};
    ImageProcessor bytes = new ByteProcessor(4, 3, pixels, null);
    assertArrayEquals(new byte[] {11, 12, 21, 22}, Pixels.bytes(bytes, new Rectangle(1, 1, 2, 2)));
    assertArrayEquals(
        new byte[] {10, 11, 12, 13, 20, 21, 22, 23}, Pixels.bytes(bytes, new Rectangle(0, 1, 4, 2)));
    short[] wide = {0, 1, 2, 3, 256, 257, 258, 259};
    assertArrayEquals(
        new byte[] {2, 0, 3, 0, 2, 1, 3, 1},
        Pixels.bytes(new ShortProcessor(4, 2, wide, null), new Rectangle(2, 0, 2, 2)));
  }

  @Test
  @DisplayName("RGB frames are refused with what to do about them")
  void refusesRgb() {
    ImageBitDepthException error =
        assertThrows(ImageBitDepthException.class, () -> Pixels.bytes(new ColorProcessor(2, 2)));
    assertEquals(
        "An RGB image has no single brightness to count. Convert it with Image > Type > 8-bit, or take one colour of"
            + " it with Image > Color > Split Channels.",
        error.getMessage());
  }
}
