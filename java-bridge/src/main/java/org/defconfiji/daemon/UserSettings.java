package org.defconfiji.daemon;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import com.eclipsesource.json.ParseException;
import com.eclipsesource.json.WriterConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.defconfiji.files.WholeFile;

/** settings.json in the user's folder. The program keeps its own settings in the same file. */
public final class UserSettings {
  private static final String COMMAND = "command";
  private static final String DEVICE = "device";

  private final Path path;

  public UserSettings(Surroundings surroundings) {
    this.path = surroundings.defconHome().resolve("settings.json");
  }

  /** The command that runs the program: a path or a command line. Empty if it is to be searched. */
  public String command() throws IOException {
    JsonValue value = read().get(COMMAND);
    return value != null && value.isString() ? value.asString().trim() : "";
  }

  /**
   * Writes the command.
   *
   * @param command empty if it is to be searched
   */
  public void setCommand(String command) throws IOException {
    set(COMMAND, command);
  }

  /** The device that daemons of the plugin count on, one of {@link DeviceChoice}. */
  public String device() throws IOException {
    JsonValue value = read().get(DEVICE);
    String device = value != null && value.isString() ? value.asString() : DeviceChoice.USUAL;
    if (DeviceChoice.isOne(device)) return device;
    throw new IOException(
        path + ", device: expected one of " + String.join(", ", DeviceChoice.names()) + ", found '" + device
            + "'. Choose one in Plugins > DEFCoN > Diagnose... > Settings.");
  }

  /** Writes the device. */
  public void setDevice(String device) throws IOException {
    set(DEVICE, device.equals(DeviceChoice.USUAL) ? "" : device);
  }

  /** @param value empty to remove the entry */
  private void set(String name, String value) throws IOException {
    JsonObject settings = read();
    if (value.isEmpty()) settings.remove(name);
    else settings.set(name, value);
    WholeFile.write(path, settings.toString(WriterConfig.PRETTY_PRINT) + "\n");
  }

  private JsonObject read() throws IOException {
    try {
      return Json.parse(new String(Files.readAllBytes(path), StandardCharsets.UTF_8)).asObject();
    } catch (NoSuchFileException none) {
      return new JsonObject();
    } catch (ParseException | UnsupportedOperationException damaged) {
      throw new IOException(
          path + ": expected the user's settings as a JSON object, found something else. Correct the file, or delete it.",
          damaged);
    }
  }
}
