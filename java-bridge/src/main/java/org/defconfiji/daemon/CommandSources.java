package org.defconfiji.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.defconfiji.wire.DaemonException;

/** The places where the defcon-fiji program is searched, in order. */
final class CommandSources {
  private final Surroundings surroundings;

  CommandSources(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  List<CommandSource> all() {
    List<CommandSource> sources = new ArrayList<>();
    sources.add(new Source("the setting defcon.fiji.command or DEFCON_FIJI_COMMAND", true, this::setting));
    sources.add(new Source("the program in the settings of Plugins > DEFCoN > Diagnose...", true, this::chosen));
    sources.add(new Source("the file " + launcherFile(), false, this::launcherFileCommand));
    sources.add(new Source("the PATH", false, () -> firstIn(pathFolders())));
    sources.add(new Source(join(usualFolders()), false, () -> firstIn(usualFolders())));
    if (!surroundings.windows())
      sources.add(new Source("the PATH of your login shell", false, () -> LoginShell.find(surroundings)));
    return sources;
  }

  private Path launcherFile() {
    return surroundings.defconHome().resolve("launcher.json");
  }

  private LaunchCommand setting() {
    return command(surroundings.setting("defcon.fiji.command", "DEFCON_FIJI_COMMAND").trim());
  }

  private LaunchCommand chosen() throws IOException {
    return command(new UserSettings(surroundings).command());
  }

  /** @param line a path or a command line; empty for none */
  private LaunchCommand command(String line) {
    if (line.isEmpty()) return null;
    List<String> words = isFile(line) ? Collections.singletonList(line) : CommandLine.words(line);
    return new LaunchCommand(words, usualFolders());
  }

  /** Reads launcher.json, which names the Node.js and the script to run. */
  private LaunchCommand launcherFileCommand() throws DaemonException {
    JsonFile json = JsonFile.read(launcherFile());
    if (json == null) return null;
    List<String> words = Arrays.asList(json.string("node"), json.string("script"));
    for (String word : words)
      if (!isFile(word))
        throw new DaemonException(DaemonException.START, "it names " + word + ", which does not exist");
    return new LaunchCommand(words, Collections.emptyList());
  }

  private List<Path> pathFolders() {
    List<Path> folders = new ArrayList<>();
    for (String name : surroundings.variable("PATH").split(File.pathSeparator)) {
      try {
        if (!name.isEmpty()) folders.add(Paths.get(name));
      } catch (InvalidPathException notAFolder) {
        continue;
      }
    }
    return folders;
  }

  private List<Path> usualFolders() {
    if (surroundings.windows()) {
      String appData = surroundings.variable("APPDATA");
      Path roaming =
          appData.isEmpty() ? surroundings.userHome().resolve("AppData").resolve("Roaming") : Paths.get(appData);
      return Collections.singletonList(roaming.resolve("npm"));
    }
    return Arrays.asList(
        Paths.get("/usr/local/bin"),
        Paths.get("/opt/homebrew/bin"),
        surroundings.userHome().resolve(".npm-global").resolve("bin"));
  }

  private LaunchCommand firstIn(List<Path> folders) {
    for (Path folder : folders) {
      Path program = folder.resolve(surroundings.windows() ? "defcon-fiji.cmd" : "defcon-fiji");
      if (!Files.isRegularFile(program) || !Files.isExecutable(program)) continue;
      List<Path> extra = new ArrayList<>();
      extra.add(folder);
      extra.addAll(usualFolders());
      return new LaunchCommand(Collections.singletonList(program.toString()), extra);
    }
    return null;
  }

  private static boolean isFile(String path) {
    try {
      return Files.isRegularFile(Paths.get(path));
    } catch (InvalidPathException notAPath) {
      return false;
    }
  }

  private static String join(List<Path> folders) {
    List<String> names = new ArrayList<>();
    for (Path folder : folders) names.add(folder.toString());
    return String.join(", ", names);
  }

  private interface Finder {
    LaunchCommand find() throws DaemonException, IOException;
  }

  private static final class Source implements CommandSource {
    private final String place;
    private final boolean binding;
    private final Finder finder;

    Source(String place, boolean binding, Finder finder) {
      this.place = place;
      this.binding = binding;
      this.finder = finder;
    }

    @Override
    public String place() {
      return place;
    }

    @Override
    public boolean binding() {
      return binding;
    }

    @Override
    public LaunchCommand find() throws DaemonException, IOException {
      return finder.find();
    }
  }
}
