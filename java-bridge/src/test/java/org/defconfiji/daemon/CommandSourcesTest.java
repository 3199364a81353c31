package org.defconfiji.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.defconfiji.TemporaryHome;
import org.defconfiji.wire.DaemonException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandSourcesTest {
  @TempDir Path folder;

  private static LaunchCommand find(Surroundings surroundings, int source) throws Exception {
    return new CommandSources(surroundings).all().get(source).find();
  }

  private Path program(String name) throws IOException {
    Path program = folder.resolve(name);
    Files.createDirectories(program.getParent());
    Files.createFile(program);
    assertTrue(program.toFile().setExecutable(true));
    return program;
  }

  @Test
  @DisplayName("looks into the setting, the one of the plugin, launcher.json, the PATH, the usual folders and the login shell, in this order")
  void order() {
    Surroundings linux = new TemporaryHome(folder).property("os.name", "Linux").surroundings();
    List<CommandSource> sources = new CommandSources(linux).all();
    assertTrue(sources.get(0).place().contains("DEFCON_FIJI_COMMAND"));
    assertTrue(sources.get(1).place().contains("Diagnose..."));
    assertTrue(sources.get(2).place().contains("launcher.json"));
    assertEquals("the PATH", sources.get(3).place());
    assertTrue(sources.get(4).place().contains("/usr/local/bin, /opt/homebrew/bin, "), sources.get(4).place());
    assertEquals("the PATH of your login shell", sources.get(5).place());
    for (CommandSource source : sources.subList(0, 2)) assertTrue(source.binding());
    for (CommandSource source : sources.subList(2, 6)) assertEquals(false, source.binding());
  }

  @Test
  @DisplayName("the setting is a program's path, spaces and all, or a command line")
  void setting() throws Exception {
    TemporaryHome home = new TemporaryHome(folder);
    assertNull(find(home.surroundings(), 0));
    Path spaced = program("my programs/defcon-fiji");
    assertEquals(
        Collections.singletonList(spaced.toString()),
        find(home.variable("DEFCON_FIJI_COMMAND", spaced.toString()).surroundings(), 0).words());
    assertEquals(
        Arrays.asList("C:\\Program Files\\node.exe", "a.js"),
        find(home.property("defcon.fiji.command", "\"C:\\Program Files\\node.exe\"  a.js").surroundings(), 0).words());
  }

  @Test
  @DisplayName("launcher.json names the Node.js and the script; one that is gone is told of")
  void launcherFile() throws Exception {
    Surroundings surroundings = new TemporaryHome(folder).surroundings();
    assertNull(find(surroundings, 2));
    Path node = program("node");
    Path script = program("defcon-fiji.js");
    Path file = folder.resolve(".defcon-fiji/launcher.json");
    Files.createDirectories(file.getParent());
    Files.write(file, json(node, script));
    assertEquals(Arrays.asList(node.toString(), script.toString()), find(surroundings, 2).words());
    Files.delete(script);
    DaemonException error = assertThrows(DaemonException.class, () -> find(surroundings, 2));
    assertEquals("it names " + script + ", which does not exist", error.getMessage());
  }

  private static byte[] json(Path node, Path script) {
    String text = "{\"node\": \"" + node + "\", \"script\": \"" + script + "\"}";
    return text.replace("\\", "\\\\").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @DisplayName("on the PATH the first program counts, and its folder is searched for node as well")
  void path() throws Exception {
    String name = System.getProperty("os.name").startsWith("Windows") ? "defcon-fiji.cmd" : "defcon-fiji";
    Path first = program("a/" + name);
    Path second = program("b/" + name);
    String separator = System.getProperty("path.separator");
    String path = folder.resolve("empty") + separator + first.getParent() + separator + second.getParent();
    Surroundings surroundings = new TemporaryHome(folder).variable("PATH", path).surroundings();
    LaunchCommand command = find(surroundings, 3);
    assertEquals(Collections.singletonList(first.toString()), command.words());
    String childPath = command.process(surroundings, "serve").environment().get("PATH");
    assertTrue(childPath.startsWith(first.getParent().toString()), childPath);
  }

  @Test
  @DisplayName("on Windows npm's own folder is a usual one")
  void windows() throws Exception {
    Path program = program("AppData/Roaming/npm/defcon-fiji.cmd");
    Surroundings surroundings = new TemporaryHome(folder).property("os.name", "Windows 11").surroundings();
    assertEquals(Collections.singletonList(program.toString()), find(surroundings, 4).words());
    assertEquals(5, new CommandSources(surroundings).all().size());
  }

  @Test
  @DisplayName("elsewhere the folder that npm is told to use without sudo is a usual one")
  void npmGlobal() throws Exception {
    Path program = program(".npm-global/bin/defcon-fiji");
    Surroundings surroundings = new TemporaryHome(folder).property("os.name", "Mac OS X").surroundings();
    assertEquals(Collections.singletonList(program.toString()), find(surroundings, 4).words());
  }
}
