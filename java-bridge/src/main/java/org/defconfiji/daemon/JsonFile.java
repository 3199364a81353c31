package org.defconfiji.daemon;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import com.eclipsesource.json.ParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.defconfiji.wire.DaemonException;

/** A small file with one JSON object. */
final class JsonFile {
  private final Path path;
  private final JsonObject object;

  private JsonFile(Path path, JsonObject object) {
    this.path = path;
    this.object = object;
  }

  /**
   * Reads a file.
   *
   * @return null if it does not exist
   */
  static JsonFile read(Path path) throws DaemonException {
    String text;
    try {
      text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
    } catch (NoSuchFileException absent) {
      return null;
    } catch (IOException unreadable) {
      throw new DaemonException(
          DaemonException.UNREACHABLE,
          "The file " + path + " cannot be read (" + unreadable.getMessage() + "). Check its permissions.",
          unreadable);
    }
    try {
      return new JsonFile(path, Json.parse(text).asObject());
    } catch (ParseException | UnsupportedOperationException notJson) {
      throw damaged(path, "it is not a JSON object");
    }
  }

  String string(String key) throws DaemonException {
    JsonValue value = object.get(key);
    if (value == null || !value.isString() || value.asString().isEmpty()) throw damaged(path, "it has no " + key);
    return value.asString();
  }

  int number(String key) throws DaemonException {
    JsonValue value = object.get(key);
    try {
      if (value != null && value.isNumber()) return value.asInt();
    } catch (NumberFormatException notWhole) {
      throw damaged(path, key + " is not a whole number");
    }
    throw damaged(path, "it has no " + key);
  }

  /** Whether the value of a key is true. */
  boolean flag(String key) {
    JsonValue value = object.get(key);
    return value != null && value.isTrue();
  }

  private static DaemonException damaged(Path path, String how) {
    return new DaemonException(
        DaemonException.UNREACHABLE,
        "The file " + path + " is damaged: " + how + ". Delete it and try again.");
  }
}
