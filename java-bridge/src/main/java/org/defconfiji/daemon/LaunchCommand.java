package org.defconfiji.daemon;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The words that run the defcon-fiji program, before its own arguments. */
final class LaunchCommand {
  private final List<String> words;
  /**
   * Folders put in front of PATH, mainly for node: Fiji has a short PATH when it is double-clicked.
   */
  private final List<Path> extraPath;

  LaunchCommand(List<String> words, List<Path> extraPath) {
    this.words = Collections.unmodifiableList(new ArrayList<>(words));
    this.extraPath = extraPath;
  }

  List<String> words() {
    return words;
  }

  /** Prepares a process that runs the program with these arguments. */
  ProcessBuilder process(Surroundings surroundings, String... arguments) {
    List<String> all = new ArrayList<>(words);
    all.addAll(Arrays.asList(arguments));
    ProcessBuilder process = new ProcessBuilder(all);
    Map<String, String> environment = process.environment();
    environment.put("DEFCON_FIJI_HOME", surroundings.defconHome().toAbsolutePath().toString());
    environment.put("PATH", searchPath(surroundings.variable("PATH")));
    return process;
  }

  private String searchPath(String path) {
    StringBuilder joined = new StringBuilder();
    for (Path folder : extraPath) joined.append(folder).append(File.pathSeparatorChar);
    return joined.append(path).toString();
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
