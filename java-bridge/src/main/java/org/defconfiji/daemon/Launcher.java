package org.defconfiji.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.WireException;

/** Starts a daemon and waits until it answers. */
final class Launcher {
  private static final int START_TIMEOUT_S = 60;
  private static final int POLL_MS = 100;
  /**
   * Our daemon exits if another one starts at the same moment. The other gets this long to answer.
   */
  private static final int RIVAL_TIMEOUT_S = 3;
  private static final int IDLE_EXIT_MINUTES = 10;

  /** Tries to connect once. */
  interface Attempt {
    /** @return null if no daemon answers yet */
    Connection connect() throws WireException;
  }

  private final Surroundings surroundings;
  private final Search search;
  private final Path log;

  Launcher(Surroundings surroundings) {
    this(surroundings, new CommandSources(surroundings).all());
  }

  Launcher(Surroundings surroundings, List<CommandSource> sources) {
    this.surroundings = surroundings;
    this.search = new Search(sources, "The DEFCoN daemon could not be started.");
    this.log = log(surroundings);
  }

  /** The log file of daemons that this plugin starts. */
  static Path log(Surroundings surroundings) {
    return surroundings.defconHome().resolve("fiji-daemon.log");
  }

  /**
   * Tries one command after the other until a daemon answers.
   *
   * @throws DaemonException DAEMON_START, with what was tried and what to do
   */
  Connection start(Attempt attempt) throws WireException {
    return search.first(command -> start(command, attempt));
  }

  private Connection start(LaunchCommand command, Attempt attempt) throws WireException, IOException {
    Files.createDirectories(log.getParent());
    String device = new UserSettings(surroundings).device();
    ProcessBuilder builder = command.process(surroundings, arguments(device));
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
    if (exited) {
      String chosen = device.equals(DeviceChoice.USUAL) ? "" : " on device " + device + ", which the settings name,";
      throw new IOException("'" + command + "'" + chosen + " ended with code " + process.exitValue() + lastWords());
    }
    process.destroy();
    throw new IOException("'" + command + "' did not answer within " + START_TIMEOUT_S + " seconds" + lastWords());
  }

  private static String[] arguments(String device) {
    List<String> words =
        new ArrayList<>(Arrays.asList("serve", "--idle-exit", Integer.toString(IDLE_EXIT_MINUTES)));
    if (!device.equals(DeviceChoice.USUAL)) words.addAll(Arrays.asList("--device", device));
    return words.toArray(new String[0]);
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

  /** The last line of the log and the path of the log. */
  private String lastWords() throws IOException {
    String text = new String(Files.readAllBytes(log), Charset.defaultCharset()).trim();
    if (text.isEmpty()) return " and wrote nothing";
    return ". Its last line: \"" + text.substring(text.lastIndexOf('\n') + 1).trim() + "\" (log: " + log + ")";
  }
}
