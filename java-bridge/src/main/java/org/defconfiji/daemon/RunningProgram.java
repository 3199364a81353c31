package org.defconfiji.daemon;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The defcon-fiji program while it runs, with its standard input and output. */
public final class RunningProgram implements Closeable {
  private static final int PATIENCE_S = 5;

  private final Process process;
  private final Path errors;

  RunningProgram(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
  }

  /** What the program writes to its standard output. */
  public InputStream output() {
    return process.getInputStream();
  }

  /** What the program reads from its standard input. */
  public OutputStream input() {
    return process.getOutputStream();
  }

  /** The text on its standard error output so far. After a failure this is its message. */
  public String errors() throws IOException {
    return new String(Files.readAllBytes(errors), StandardCharsets.UTF_8).trim();
  }

  /** Ends the program. Waits a few seconds for it. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) process.destroyForcibly();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(errors);
  }
}
