package org.defconfiji.batch;

import java.nio.file.Path;
import java.util.Map;

/** The outcome of a batch: how many files were counted, skipped, or failed and why. */
final class BatchResult {
  private final Path summary;
  private final int counted;
  private final int skipped;
  private final Map<String, String> problems;
  private final boolean cancelled;

  BatchResult(Path summary, int counted, int skipped, Map<String, String> problems, boolean cancelled) {
    this.summary = summary;
    this.counted = counted;
    this.skipped = skipped;
    this.problems = problems;
    this.cancelled = cancelled;
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  /** The outcome in one sentence. */
  String headline() {
    return "DEFCoN batch" + (cancelled ? ", cancelled" : "") + ": " + counted + " counted"
        + (skipped > 0 ? ", " + skipped + " done before" : "")
        + (problems.isEmpty() ? "" : ", " + problems.size() + " not counted") + ". " + summary;
  }

  /** Each file that was not counted and the reason, one per line. */
  String problems() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> problem : problems.entrySet())
      text.append(problem.getKey()).append(": ").append(problem.getValue()).append('\n');
    return text.toString().trim();
  }
}
