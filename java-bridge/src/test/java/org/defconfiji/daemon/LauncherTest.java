package org.defconfiji.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.defconfiji.Repository;
import org.defconfiji.TemporaryHome;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.HowToInstall;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @TempDir Path folder;

  private static DaemonException failure(Launcher launcher) {
    return assertThrows(DaemonException.class, () -> launcher.start(() -> null));
  }

  @Test
  @DisplayName("where nothing can be started the sentence says what was tried and what to install")
  void nothingThere() {
    Surroundings surroundings = new TemporaryHome(folder).property("os.name", "Linux").surroundings();
    List<CommandSource> sources = new CommandSources(surroundings).all();
    // The usual folders and the login shell are left out, because they depend on the machine.
    DaemonException error = failure(new Launcher(surroundings, sources.subList(0, 4)));
    assertEquals("DAEMON_START", error.code());
    assertEquals(
        "The DEFCoN daemon could not be started.\nTried:\n- the file "
            + surroundings.defconHome().resolve("launcher.json")
            + ": nothing there\n- the PATH: nothing there\n"
            + "Install Node.js 20 or later, then run: " + HowToInstall.COMMAND,
        error.getMessage());
  }

  @Test
  @DisplayName("a command that the user set is the only one tried")
  void settingBinds() {
    Surroundings surroundings =
        new TemporaryHome(folder).property("defcon.fiji.command", "no-such-program-at-all").surroundings();
    DaemonException error = failure(new Launcher(surroundings));
    assertTrue(error.getMessage().contains("no-such-program-at-all"), error.getMessage());
    assertFalse(error.getMessage().contains("the PATH"), error.getMessage());
    assertTrue(error.getMessage().endsWith("Correct that setting, or remove it."), error.getMessage());
  }

  @Test
  @DisplayName("a wait that is given up starts nothing else")
  void cancelled() {
    Path java = Paths.get(System.getProperty("java.home"), "bin", "java");
    Surroundings surroundings =
        new TemporaryHome(folder).property("defcon.fiji.command", java.toString()).surroundings();
    assertThrows(CancelledException.class, () -> new Daemon(surroundings).connect(() -> true));
  }

  @Test
  @DisplayName("a command that ends at once is quoted with its last words and its log")
  void endsAtOnce() {
    Path java = Paths.get(System.getProperty("java.home"), "bin", "java");
    Surroundings surroundings = new TemporaryHome(folder).surroundings();
    CommandSource source = new CommandSource() {
      @Override
      public String place() {
        return "here";
      }

      @Override
      public boolean binding() {
        return false;
      }

      @Override
      public LaunchCommand find() {
        return new LaunchCommand(
            Arrays.asList(java.toString(), "no.such.Class"), Collections.emptyList());
      }
    };
    DaemonException error = failure(new Launcher(surroundings, Collections.singletonList(source)));
    String said = error.getMessage();
    assertTrue(said.contains("- here: '" + java + " no.such.Class' ended with code 1. Its last line: \""), said);
    assertTrue(said.contains(surroundings.defconHome().resolve("fiji-daemon.log").toString()), said);
  }

  @Test
  @DisplayName("a daemon is started on the device of the settings, and its refusal names that device")
  void device() throws Exception {
    Repository.assumeBuilt();
    Surroundings surroundings =
        new TemporaryHome(folder).property("defcon.fiji.command", "node " + Repository.SCRIPT).surroundings();
    new UserSettings(surroundings).setDevice("cuda");
    DaemonException error = failure(new Launcher(surroundings));
    String said = error.getMessage();
    assertTrue(said.contains(" on device cuda, which the settings name, ended with code 1"), said);
    assertTrue(said.contains("[ENGINE_UNAVAILABLE]"), said);
  }
}
