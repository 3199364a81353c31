package org.defconfiji.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.WireException;

/** Starts a daemon and waits until it answers. */
final class Launcher {
  static final String ADVICE = "Install Node.js 20 or later, then run: npm install -g defcon-fiji";
  private static final int START_TIMEOUT_S = 60;
  private static final int POLL_MS = 100;
  /** A daemon that someone else starts at the same moment makes ours exit; it is given so long to answer. */
  private static final int RIVAL_TIMEOUT_S = 3;
  private static final int IDLE_EXIT_MINUTES = 10;

  /** Tries to connect once. @return null where no daemon answers yet */
  interface Attempt {
    Connection connect() throws WireException;
  }

  private final Surroundings surroundings;
  private final List<CommandSource> sources;
  private final Path log;

  Launcher(Surroundings surroundings) {
    this(surroundings, new CommandSources(surroundings).all());
  }

  Launcher(Surroundings surroundings, List<CommandSource> sources) {
    this.surroundings = surroundings;
    this.sources = sources;
    this.log = log(surroundings);
  }

  /** Where a daemon that this plugin has started writes what happens. */
  static Path log(Surroundings surroundings) {
    return surroundings.defconHome().resolve("fiji-daemon.log");
  }

  /**
   * Runs the first command that leads to a daemon that answers.
   *
   * @throws DaemonException DAEMON_START with what was tried and what to do
   */
  Connection start(Attempt attempt) throws WireException {
    List<String> tried = new ArrayList<>();
    for (CommandSource source : sources) {
      try {
        LaunchCommand command = source.find();
        if (command == null) {
          if (!source.binding()) tried.add(source.place() + ": nothing there");
          continue;
        }
        return start(command, attempt);
      } catch (NotStarted | IOException failed) {
        tried.add(source.place() + ": " + failed.getMessage());
      } catch (DaemonException unusable) {
        tried.add(source.place() + ": " + unusable.getMessage());
      }
      if (source.binding()) throw failure("started", tried, "Correct that setting, or remove it.");
    }
    throw failure("started", tried, ADVICE);
  }

  /** @param what could not be done with the program: "started" as a daemon, or "run" */
  static DaemonException failure(String what, List<String> tried, String advice) {
    return new DaemonException(
        DaemonException.START,
        "The DEFCoN " + (what.equals("run") ? "program" : "daemon") + " could not be " + what + ".\nTried:\n- " + String.join("\n- ", tried) + "\n" + advice);
  }

  private Connection start(LaunchCommand command, Attempt attempt) throws WireException, IOException, NotStarted {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        command.process(surroundings, "serve", "--idle-exit", Integer.toString(IDLE_EXIT_MINUTES));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.directory(new File(surroundings.userHome().toString()));
    Process process = builder.start();
    process.getOutputStream().close();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
    boolean exited = false;
    while (System.nanoTime() < deadline) {
      Connection connection = attempt.connect();
      if (connection != null) return connection;
      if (!exited && waitForExit(process)) {
        exited = true;
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RIVAL_TIMEOUT_S);
      } else if (exited) pause();
    }
    if (exited) throw new NotStarted("'" + command + "' ended with code " + process.exitValue() + lastWords());
    process.destroy();
    throw new NotStarted("'" + command + "' did not answer within " + START_TIMEOUT_S + " seconds" + lastWords());
  }

  private static boolean waitForExit(Process process) throws CancelledException {
    try {
      return process.waitFor(POLL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    }
  }

  private static void pause() throws CancelledException {
    try {
      Thread.sleep(POLL_MS);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    }
  }

  /** The last line of the log, and where the rest is. */
  private String lastWords() throws IOException {
    String text = new String(Files.readAllBytes(log), Charset.defaultCharset()).trim();
    if (text.isEmpty()) return " and said nothing";
    return ", last saying \"" + text.substring(text.lastIndexOf('\n') + 1).trim() + "\" (all of it in " + log + ")";
  }

  /** A command that ran, but not to the end that was wanted. */
  private static final class NotStarted extends Exception {
    NotStarted(String message) {
      super(message);
    }
  }
}
