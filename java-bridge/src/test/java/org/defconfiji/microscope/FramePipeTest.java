package org.defconfiji.microscope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FramePipeTest {
  private static final String HEAD = "{\"width\":2,\"height\":1,\"pixel_type\":\"uint16\",\"pixel_size\":100}\n";

  private static FramePipe pipe(String text) {
    return new FramePipe(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  @DisplayName("a frame is a line of JSON and its pixels, little endian")
  void frames() throws Exception {
    FramePipe pipe = pipe(HEAD + "\u0001\u0000\n\u0001" + HEAD + "abcd");
    FramePipe.Frame frame = pipe.next();
    assertArrayEquals(new short[] {1, 256 + 10}, frame.pixels);
    assertEquals(2, frame.width);
    assertEquals(100, frame.pixelSize);
    assertEquals('a' + 256 * 'b', pipe.next().pixels[0]);
    assertNull(pipe.next());
  }

  @Test
  @DisplayName("what is no frame is refused")
  void others() {
    assertThrows(IOException.class, () -> pipe("hello\n").next());
    assertThrows(IOException.class, () -> pipe("{}\n").next());
    assertThrows(IOException.class, () -> pipe(HEAD + "abc").next());
    assertThrows(IOException.class, () -> pipe("{").next());
  }
}
