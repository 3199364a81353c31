package org.defconfiji.batch;

import java.nio.file.Path;

/** One file of a batch and the places of its results. */
final class InputFile {
  static final String DENSITY_ENDING = ".density.tif";
  private static final String COUNTS_ENDING = ".counts.csv";

  private final Path path;
  private final String name;
  private final Path output;

  /**
   * @param input the folder of the batch
   * @param output the folder of the results
   */
  InputFile(Path path, Path input, Path output) {
    this.path = path;
    this.name = input.relativize(path).toString().replace('\\', '/');
    this.output = output;
  }

  Path path() {
    return path;
  }

  /** The path relative to the batch's folder, with "/" between its parts. */
  String name() {
    return name;
  }

  /** The name without its ending. The names of the results begin with it. */
  String stem() {
    int slash = name.lastIndexOf('/');
    int dot = name.lastIndexOf('.');
    return dot > slash + 1 ? name.substring(0, dot) : name;
  }

  Path counts() {
    return output.resolve(stem() + COUNTS_ENDING);
  }

  Path density() {
    return output.resolve(stem() + DENSITY_ENDING);
  }
}
