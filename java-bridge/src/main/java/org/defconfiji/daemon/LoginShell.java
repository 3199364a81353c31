package org.defconfiji.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.defconfiji.wire.DaemonException;

/**
 * Asks the user's shell for the program. The shell has read the setup files of nvm, fnm, volta etc.
 */
final class LoginShell {
  private static final int TIMEOUT_S = 10;

  private LoginShell() {}

  static LaunchCommand find(Surroundings surroundings) throws DaemonException, IOException {
    String shell = surroundings.variable("SHELL");
    if (shell.isEmpty()) shell = surroundings.mac() ? "/bin/zsh" : "/bin/sh";
    Path answer = Files.createTempFile("defcon-fiji", ".txt");
    try {
      ask(shell, answer);
      String found = lastPath(new String(Files.readAllBytes(answer), Charset.defaultCharset()));
      if (found == null) return null;
      return new LaunchCommand(
          Collections.singletonList(found), Collections.singletonList(Paths.get(found).getParent()));
    } finally {
      Files.deleteIfExists(answer);
    }
  }

  /**
   * Runs a shell that is both a login and an interactive one. Many users set PATH only for the
   * latter.
   */
  private static void ask(String shell, Path answer) throws DaemonException, IOException {
    Process process =
        new ProcessBuilder(shell, "-l", "-i", "-c", "command -v defcon-fiji")
            .redirectInput(new File("/dev/null"))
            .redirectError(new File("/dev/null"))
            .redirectOutput(answer.toFile())
            .start();
    try {
      if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new DaemonException(
            DaemonException.START, "the shell " + shell + " did not answer within " + TIMEOUT_S + " seconds");
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** The last path that the shell printed. Its start-up files may print other lines before. */
  private static String lastPath(String output) {
    String found = null;
    for (String line : output.split("\\R"))
      if (line.startsWith("/") && Files.isExecutable(Paths.get(line))) found = line;
    return found;
  }
}
