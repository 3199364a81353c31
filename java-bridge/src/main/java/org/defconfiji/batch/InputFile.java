package org.defconfiji.batch;

import java.nio.file.Path;

/** A file of a batch, and where its results go. */
final class InputFile {
  static final String DENSITY_ENDING = ".density.tif";
  private static final String COUNTS_ENDING = ".counts.csv";

  private final Path path;
  private final String name;
  private final Path output;

  /** @param input the batch's folder @param output the folder of its results */
  InputFile(Path path, Path input, Path output) {
    this.path = path;
    this.name = input.relativize(path).toString().replace('\\', '/');
    this.output = output;
  }

  Path path() {
    return path;
  }

  /** The path below the batch's folder, parts joined by "/". */
  String name() {
    return name;
  }

  /** The name without its ending, which its results have too. */
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
