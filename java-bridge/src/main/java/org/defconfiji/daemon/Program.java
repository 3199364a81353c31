package org.defconfiji.daemon;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.WireException;

/** Runs the defcon-fiji program for work that needs no daemon: doctor and training sets. */
public final class Program {
  private static final int POLL_MS = 100;

  private final Surroundings surroundings;
  private final Search search;

  public Program(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.search = new Search(new CommandSources(surroundings).all(), "The DEFCoN program could not be run.");
  }

  /** The outcome of a run. */
  public static final class Finished {
    private final int code;
    private final String output;
    private final String errors;

    Finished(int code, String output, String errors) {
      this.code = code;
      this.output = output;
      this.errors = errors;
    }

    /**
     * Checks that the program succeeded.
     *
     * @throws ProgramException it failed; the message is its own
     */
    public Finished orThrow() throws ProgramException {
      if (code == 0) return this;
      throw new ProgramException(errors.isEmpty() ? "The DEFCoN program ended with code " + code + "." : errors);
    }

    /** The text on its standard output. */
    public String output() {
      return output;
    }

    /** The text on its standard error output. After a failure this is its message for the user. */
    public String errors() {
      return errors;
    }
  }

  /**
   * Runs the program to its end.
   *
   * @param cancelled asked several times a second on the calling thread; true ends the program
   * @throws DaemonException the program was not found; the message lists what was tried
   * @throws CancelledException it was cancelled
   */
  public Finished run(BooleanSupplier cancelled, String... arguments) throws WireException, IOException {
    Path errors = Files.createTempFile("defcon-fiji", ".txt");
    try {
      Process process = start(errors, arguments);
      process.getOutputStream().close();
      Output output = new Output(process);
      output.start();
      await(process, cancelled);
      output.join();
      String said = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8).trim();
      return new Finished(process.exitValue(), output.text.toString(), said);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  /**
   * Starts the program. Whoever starts it must close it.
   *
   * @throws DaemonException the program was not found; the message lists what was tried
   */
  public RunningProgram start(String... arguments) throws WireException, IOException {
    Path errors = Files.createTempFile("defcon-fiji", ".txt");
    try {
      return new RunningProgram(start(errors, arguments), errors);
    } catch (WireException notStarted) {
      Files.deleteIfExists(errors);
      throw notStarted;
    }
  }

  /** Describes in words how the program is run, or what was tried. */
  public String describe() {
    return search.describe();
  }

  private Process start(Path errors, String... arguments) throws WireException {
    return search.first(
        command -> {
          ProcessBuilder builder = command.process(surroundings, arguments);
          builder.directory(new File(surroundings.userHome().toString()));
          return builder.redirectError(errors.toFile()).start();
        });
  }

  private static void await(Process process, BooleanSupplier cancelled) throws CancelledException, InterruptedException {
    try {
      while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS))
        if (cancelled.getAsBoolean()) throw new CancelledException();
    } finally {
      process.destroy();
    }
  }

  /** Reads what the program prints. Without a reader the program would block. */
  private static final class Output extends Thread {
    final StringBuffer text = new StringBuffer();
    private final Process process;

    Output(Process process) {
      super("DEFCoN program's output");
      this.process = process;
      setDaemon(true);
    }

    @Override
    public void run() {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) text.append(line).append('\n');
      } catch (IOException ended) {
        text.append('\n');
      }
    }
  }
}
