package org.defconfiji.fiji;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A screen in memory: an Xvfb on the first free display. */
final class Screen implements AutoCloseable {
  private final Process process;
  private final String display;

  private Screen(Process process, String display) {
    this.process = process;
    this.display = display;
  }

  static boolean available() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
      if (new File(folder, "Xvfb").canExecute()) return true;
    return false;
  }

  static Screen start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("Xvfb", "-displayfd", "1", "-screen", "0", "1024x800x24", "-nolisten", "tcp");
    builder.redirectError(new File("/dev/null"));
    Process process = builder.start();
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    String number = reader.readLine();
    if (number == null) throw new IOException("Xvfb did not start");
    return new Screen(process, ":" + number.trim());
  }

  /** The value of DISPLAY. */
  String display() {
    return display;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
