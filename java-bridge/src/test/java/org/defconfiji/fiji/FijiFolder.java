package org.defconfiji.fiji;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A Fiji folder with ImageJ. The plugin's jar lies in plugins/ and on no class path. */
final class FijiFolder {
  private final Path root;

  private FijiFolder(Path root) {
    this.root = root;
  }

  static FijiFolder create(Path root) throws IOException {
    Path jar = pluginJar();
    Files.createDirectories(root.resolve("plugins"));
    Files.copy(jar, root.resolve("plugins").resolve(jar.getFileName()));
    return new FijiFolder(root);
  }

  /** The jar that users get. */
  static Path pluginJar() {
    return Paths.get(System.getProperty("defcon.test.jar"));
  }

  /**
   * Prepares a Java process with ImageJ and the test classes on its class path, without the plugin.
   */
  ProcessBuilder java(String executable, Path defconHome, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(executable);
    command.add("-Dplugins.dir=" + root);
    command.add("-Duser.home=" + root);
    command.add("-Ddefcon.fiji.home=" + defconHome);
    command.add("-cp");
    command.add(imageJ() + File.pathSeparator + location(FijiFolder.class));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** ImageJ's own jar. */
  static Path imageJ() {
    return location(ij.IJ.class);
  }

  private static Path location(Class<?> type) {
    try {
      return Paths.get(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
