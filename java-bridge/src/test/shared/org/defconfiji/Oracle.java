package org.defconfiji;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** TensorFlow's results for the stacks and the random weights in test/data/model. */
public final class Oracle {
  private final JsonObject expected;

  private Oracle(JsonObject expected) {
    this.expected = expected;
  }

  /** @param pixelType uint8, uint16 or float32 */
  public static Oracle of(String pixelType) throws IOException {
    Path file = folder().resolve("expected.json");
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return new Oracle(Json.parse(text).asObject().get(pixelType).asObject());
  }

  private static Path folder() {
    return Repository.ROOT.resolve("test/data/model");
  }

  public Path stack() {
    return folder().resolve(expected.getString("file", ""));
  }

  public int frames() {
    return expected.getInt("frames", 0);
  }

  public double count(int frame) {
    return expected.get("count").asArray().get(frame).asDouble();
  }

  public double maxLocalCount(int pool, int frame) {
    JsonArray counts = expected.get("maxLocalCount").asObject().get(Integer.toString(pool)).asArray();
    return counts.get(frame).asDouble();
  }

  /** Molecules per pixel, row by row from the top left. */
  public float[] density(int frame) {
    int size = expected.getInt("width", 0) * expected.getInt("height", 0);
    byte[] bytes = Base64.getDecoder().decode(expected.getString("density", ""));
    float[] density = new float[size];
    ByteBuffer.wrap(bytes, frame * size * 4, size * 4).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(density);
    return density;
  }
}
