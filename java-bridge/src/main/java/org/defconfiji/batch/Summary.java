package org.defconfiji.batch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.defconfiji.files.CsvText;
import org.defconfiji.files.WholeFile;

/**
 * summary.csv: one row for each file of a batch. It is rewritten after each file.
 *
 * <p>The next batch reads it to see which files are already counted.
 */
final class Summary {
  private static final String FILE_NAME = "summary.csv";
  private static final List<String> COLUMNS =
      Collections.unmodifiableList(
          Arrays.asList(
              "file", "model", "frames", "mean_count", "sd_count", "min_count", "max_count", "max_local_count",
              "problem", "mean_count_error", "away_from_spots", "unlike_frames", "unlike_training"));
  private static final int MODEL = 1;
  private static final int PROBLEM = COLUMNS.indexOf("problem");
  /** The columns that earlier versions of the plugin wrote. */
  private static final List<String> EARLIER_COLUMNS = COLUMNS.subList(0, PROBLEM + 1);

  private final Path path;
  private final Map<String, List<String>> rows = new TreeMap<>();

  private Summary(Path path) {
    this.path = path;
  }

  /** Reads the summary of an output folder, with the rows of earlier batches. */
  static Summary of(Path output) throws IOException {
    Summary summary = new Summary(output.resolve(FILE_NAME));
    if (!Files.exists(summary.path)) return summary;
    String text = new String(Files.readAllBytes(summary.path), StandardCharsets.UTF_8);
    List<List<String>> lines = CsvText.parse(text);
    List<String> found = lines.isEmpty() ? Collections.emptyList() : lines.get(0);
    if (!found.equals(COLUMNS) && !found.equals(EARLIER_COLUMNS))
      throw new IOException(
          summary.path + ": expected the summary of a batch, found another table. Choose another output folder.");
    for (List<String> line : lines.subList(1, lines.size()))
      if (line.size() == found.size()) summary.rows.put(line.get(0), filledUp(line));
    return summary;
  }

  /** Adds empty cells to a row that has fewer columns. */
  private static List<String> filledUp(List<String> row) {
    List<String> filled = new ArrayList<>(row);
    filled.addAll(Collections.nCopies(COLUMNS.size() - row.size(), ""));
    return filled;
  }

  Path path() {
    return path;
  }

  /** Whether an earlier batch counted a file with this model and its results are up to date. */
  boolean isDone(InputFile file, String model, boolean density) throws IOException {
    List<String> row = rows.get(file.name());
    if (row == null || !row.get(PROBLEM).isEmpty() || !row.get(MODEL).equals(model)) return false;
    return isFresh(file.counts(), file.path()) && (!density || isFresh(file.density(), file.path()));
  }

  private static boolean isFresh(Path result, Path source) throws IOException {
    return Files.exists(result)
        && Files.getLastModifiedTime(result).compareTo(Files.getLastModifiedTime(source)) >= 0;
  }

  void put(String file, String model, Statistics statistics) throws IOException {
    List<String> row = new ArrayList<>(Arrays.asList(file, model));
    row.addAll(Arrays.asList(statistics.cells()));
    row.add("");
    row.addAll(Arrays.asList(statistics.trustCells()));
    put(row);
  }

  void putProblem(String file, String model, String problem) throws IOException {
    List<String> row = new ArrayList<>(Collections.nCopies(COLUMNS.size(), ""));
    row.set(0, file);
    row.set(MODEL, model);
    row.set(PROBLEM, problem.replaceAll("\\s*\\R\\s*", " "));
    put(row);
  }

  private void put(List<String> row) throws IOException {
    rows.put(row.get(0), row);
    StringBuilder text = new StringBuilder(CsvText.line(COLUMNS));
    for (List<String> each : rows.values()) text.append(CsvText.line(each));
    WholeFile.write(path, text.toString());
  }
}
