package org.defconfiji;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Surroundings;

/** The program of this repository, serving in a folder of its own. */
public final class RealDaemon implements AutoCloseable {
  private static final int START_TIMEOUT_S = 60;

  private final Surroundings surroundings;
  private final Process process;

  private RealDaemon(Surroundings surroundings, Process process) {
    this.surroundings = surroundings;
    this.process = process;
  }

  /** Starts `defcon-fiji serve --port 0 ...` and waits until it has written its discovery file. */
  public static RealDaemon start(Path folder, String... arguments) throws IOException, InterruptedException {
    Surroundings surroundings = new TemporaryHome(folder).surroundings();
    Path home = surroundings.defconHome();
    Files.createDirectories(home);
    List<String> command = new ArrayList<>(Arrays.asList("node", Repository.SCRIPT.toString(), "serve", "--port", "0"));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("DEFCON_FIJI_HOME", home.toString());
    File log = home.resolve("test-daemon.log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_TIMEOUT_S);
    while (!Files.exists(home.resolve("daemon.json"))) {
      boolean late = System.nanoTime() > deadline;
      if (late || process.waitFor(50, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        String said = new String(Files.readAllBytes(log.toPath()), StandardCharsets.UTF_8);
        throw new IllegalStateException("the daemon " + (late ? "did not start in time: " : "ended: ") + said);
      }
    }
    return new RealDaemon(surroundings, process);
  }

  public Daemon client() {
    return new Daemon(surroundings);
  }

  public Surroundings surroundings() {
    return surroundings;
  }

  /** Kills the process, so that it cannot say goodbye. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) kill();
  }
}
