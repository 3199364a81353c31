package org.defconfiji.microscope;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.ParseException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads frames from the program: before each a line of JSON, then its pixels, little endian. */
final class FramePipe {
  /** A 16-bit frame. */
  static final class Frame {
    final int width;
    final int height;
    /** Side of a pixel, nm; 0: unknown. */
    final double pixelSize;
    final short[] pixels;

    private Frame(int width, int height, double pixelSize, short[] pixels) {
      this.width = width;
      this.height = height;
      this.pixelSize = pixelSize;
      this.pixels = pixels;
    }
  }

  private static final int LONGEST_LINE = 4096;

  private final DataInputStream input;

  FramePipe(InputStream input) {
    this.input = new DataInputStream(input);
  }

  /**
   * Waits for the next frame.
   *
   * @return null at the end
   * @throws IOException the stream ends within a frame, or holds something else
   */
  Frame next() throws IOException {
    String line = line();
    if (line == null) return null;
    JsonObject head;
    try {
      head = Json.parse(line).asObject();
    } catch (ParseException | UnsupportedOperationException other) {
      throw new IOException("Expected a line of JSON before a frame, found: " + line, other);
    }
    int width = head.getInt("width", 0);
    int height = head.getInt("height", 0);
    if (width < 1 || height < 1 || !"uint16".equals(head.getString("pixel_type", "")))
      throw new IOException("Expected a frame of 16 bits, found: " + line);
    byte[] bytes = new byte[2 * width * height];
    input.readFully(bytes);
    short[] pixels = new short[width * height];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(pixels);
    return new Frame(width, height, head.getDouble("pixel_size", 0), pixels);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = input.read(); next != '\n'; next = input.read()) {
      if (next < 0 && line.size() == 0) return null;
      if (next < 0 || line.size() > LONGEST_LINE) throw new IOException("Expected a line of JSON before a frame.");
      line.write(next);
    }
    return new String(line.toByteArray(), StandardCharsets.UTF_8);
  }
}
