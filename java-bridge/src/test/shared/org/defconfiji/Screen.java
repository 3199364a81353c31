package org.defconfiji;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A screen in memory: an Xvfb on the first free display. */
public final class Screen implements AutoCloseable {
  private final Process process;
  private final String display;

  private Screen(Process process, String display) {
    this.process = process;
    this.display = display;
  }

  /** Starts a screen. Skips the test and prints why if there is no Xvfb. */
  public static Screen assumeStarted() throws IOException {
    boolean present = available();
    if (!present) System.out.println("SKIPPED, the menu test needs Xvfb: apt-get install xvfb");
    assumeTrue(present, "no Xvfb");
    return start();
  }

  private static boolean available() {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
      if (new File(folder, "Xvfb").canExecute()) return true;
    return false;
  }

  private static Screen start() throws IOException {
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
  public String display() {
    return display;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
