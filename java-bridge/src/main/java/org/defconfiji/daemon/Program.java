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

/** The defcon-fiji program, run for what it does without a daemon: doctor, training sets. */
public final class Program {
  private static final int POLL_MS = 100;

  private final Surroundings surroundings;
  private final Search search;

  public Program(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.search = new Search(new CommandSources(surroundings).all(), "The DEFCoN program could not be run.");
  }

  /** What a run of the program came to. */
  public static final class Finished {
    private final int code;
    private final String output;
    private final String errors;

    Finished(int code, String output, String errors) {
      this.code = code;
      this.output = output;
      this.errors = errors;
    }

    /** @throws ProgramException it did not do what it was asked, with its own words */
    public Finished orThrow() throws ProgramException {
      if (code == 0) return this;
      throw new ProgramException(errors.isEmpty() ? "The DEFCoN program ended with code " + code + "." : errors);
    }

    /** What it printed to its standard output. */
    public String output() {
      return output;
    }

    /** What it printed to its standard error output: its sentence for a person, where the code is not 0. */
    public String errors() {
      return errors;
    }
  }

  /**
   * Runs it to its end.
   *
   * @param cancelled asked several times a second on the thread that called this; yes ends the program
   * @throws DaemonException the program was found nowhere; the message says what was tried and what to do
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

  /** How the program is run, in words: where it was found, or what was tried. */
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

  /** Reads what the program prints, which would otherwise wait for a reader. */
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
