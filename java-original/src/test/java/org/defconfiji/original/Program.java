package org.defconfiji.original;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.Repository;

/** The program of this repository, as it is run on a command line. */
final class Program {
  /** What each command printed. Tests share it, since each start of the program takes half a second. */
  private static final Map<List<String>, String> OUTPUTS = new HashMap<>();

  private Program() {}

  /** What the program says of a frame. */
  static final class Counts {
    final double count;
    final double maxLocalCount;

    Counts(JsonObject line) {
      count = line.get("count").asDouble();
      maxLocalCount = line.get("max_local_count").asDouble();
    }
  }

  /** Exports a model as a SavedModel folder. @return the folder */
  static Path export(Path model, String... options) throws IOException, InterruptedException {
    String name = (model.getFileName() + " " + String.join(" ", options)).trim().replaceAll("[^\\w.]+", "_");
    Path folder = scratch("exported").resolve(name);
    List<String> arguments = new ArrayList<>(Arrays.asList("export", model.toString(), "--format", "savedmodel"));
    arguments.addAll(Arrays.asList(options));
    arguments.addAll(Arrays.asList("-o", folder.toString(), "--force"));
    run(arguments);
    return folder;
  }

  /** Counts the frames of a tif stack. */
  static List<Counts> predict(Path model, Path stack) throws IOException, InterruptedException {
    List<Counts> counts = new ArrayList<>();
    String maps = scratch("predicted").toString();
    String output =
        run(Arrays.asList("predict", stack.toString(), "-m", model.toString(), "--json", "-o", maps, "--force"));
    for (String line : output.split("\n")) counts.add(new Counts(Json.parse(line).asObject()));
    return counts;
  }

  private static Path scratch(String name) throws IOException {
    return Files.createDirectories(Paths.get("target", name).toAbsolutePath());
  }

  private static String run(List<String> arguments) throws IOException, InterruptedException {
    if (!OUTPUTS.containsKey(arguments)) OUTPUTS.put(arguments, start(arguments));
    return OUTPUTS.get(arguments);
  }

  private static String start(List<String> arguments) throws IOException, InterruptedException {
    Path output = Files.createTempFile("defcon-fiji", ".out");
    Path errors = Files.createTempFile("defcon-fiji", ".err");
    List<String> command = new ArrayList<>(Arrays.asList("node", Repository.SCRIPT.toString()));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + ": " + read(errors));
      return read(output);
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
