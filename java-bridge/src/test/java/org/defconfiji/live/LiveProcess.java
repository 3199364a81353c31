package org.defconfiji.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.defconfiji.Repository;
import org.defconfiji.Screen;

/** Runs an ImageJ with a screen and a daemon of its own. A program acts as its user. */
public final class LiveProcess {
  private static final String JAVA = Paths.get(System.getProperty("java.home"), "bin", "java").toString();

  private LiveProcess() {}

  /**
   * Runs a program to its end, then ends the daemon that it left behind.
   *
   * @param folder empty; becomes the user's home and the Fiji folder
   * @return what it printed
   */
  public static String run(Class<?> program, Path folder, int timeoutS, String... arguments) throws Exception {
    Repository.assumeBuilt();
    Path home = Files.createDirectories(folder.resolve(".defcon-fiji"));
    layOutMenu(Files.createDirectories(folder.resolve("plugins")));
    File output = folder.resolve("output.txt").toFile();
    try (Screen screen = Screen.assumeStarted()) {
      List<String> command = new ArrayList<>(Arrays.asList(
          JAVA,
          "-Dplugins.dir=" + folder,
          "-Duser.home=" + folder,
          "-Ddefcon.fiji.home=" + home,
          "-Ddefcon.fiji.command=node \"" + Repository.SCRIPT + "\"",
          "-cp",
          System.getProperty("java.class.path"),
          program.getName()));
      command.addAll(Arrays.asList(arguments));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
      builder.directory(folder.toFile());
      builder.environment().put("DISPLAY", screen.display());
      Process process = builder.start();
      boolean ended = process.waitFor(timeoutS, TimeUnit.SECONDS);
      if (!ended) process.destroyForcibly();
      String said = new String(Files.readAllBytes(output.toPath()), StandardCharsets.UTF_8);
      assertTrue(ended, "it did not end in time; it said:\n" + said);
      assertEquals(0, process.exitValue(), said);
      return said;
    } finally {
      endDaemon(home);
    }
  }

  /** Puts the menu into a jar, because ImageJ looks for commands in jars only. */
  private static void layOutMenu(Path plugins) throws IOException {
    byte[] menu = Files.readAllBytes(Paths.get("src/main/resources/plugins.config"));
    try (OutputStream file = Files.newOutputStream(plugins.resolve("defcon_menu.jar"));
        ZipOutputStream jar = new ZipOutputStream(file)) {
      jar.putNextEntry(new ZipEntry("plugins.config"));
      jar.write(menu);
      jar.closeEntry();
    }
  }

  private static void endDaemon(Path home) throws Exception {
    Path discovery = home.resolve("daemon.json");
    if (!Files.exists(discovery)) return;
    String text = new String(Files.readAllBytes(discovery), StandardCharsets.UTF_8);
    kill("TERM", Json.parse(text).asObject().getInt("pid", 0));
    for (int i = 0; i < 100 && Files.exists(discovery); i++) Thread.sleep(50);
  }

  /** The process id of the running daemon. */
  public static int daemonPid() throws IOException {
    Path discovery = Paths.get(System.getProperty("defcon.fiji.home"), "daemon.json");
    String text = new String(Files.readAllBytes(discovery), StandardCharsets.UTF_8);
    return Json.parse(text).asObject().getInt("pid", 0);
  }

  /**
   * Sends a signal.
   *
   * @param signal KILL, TERM ...
   */
  public static void kill(String signal, int pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Integer.toString(pid)).start().waitFor();
  }
}
