package org.defconfiji.live.count;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.defconfiji.files.CsvText;
import org.defconfiji.live.LiveCount;

/** One line of the log of a live count. docs/live-count.md explains the columns. */
final class LogRow {
  /** The names of the columns, with the end of the line. */
  static final String HEADER =
      CsvText.line(
          Arrays.asList(
              "time", "image", "slice", "count", "max_local_count", "rois", "latency_ms", "engine_ms", "skipped",
              "state", "count_error", "max_local_count_error", "away_from_spots", "unlike_training", "set_point",
              "output", "control_mode", "control_state"));

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private LogRow() {}

  /** Writes a count as a line, with the end of the line. */
  static String of(LiveCount count) {
    return CsvText.line(
        Arrays.asList(
            TIME.format(Instant.ofEpochMilli(count.millis())),
            count.image(),
            Integer.toString(count.slice()),
            number("%.4f", count.count()),
            number("%.4f", count.maxLocalCount()),
            rois(count.rois()),
            number("%.2f", count.latencyMs()),
            number("%.2f", count.engineMs()),
            Long.toString(count.skipped()),
            count.state().name().toLowerCase(Locale.ROOT),
            number("%.4f", count.countError()),
            number("%.4f", count.maxLocalCountError()),
            number("%.4f", count.away()),
            count.unlike(),
            number("%.4f", count.setPoint()),
            number("%.4f", count.output()),
            count.controlMode(),
            count.controlState()));
  }

  /** Formats a number. NaN, which stands for an unknown value, becomes an empty cell. */
  private static String number(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }

  /** Writes "name=count;name=count". The signs ; and = in a name become _. */
  private static String rois(Map<String, Double> counts) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Double> entry : counts.entrySet()) {
      if (text.length() > 0) text.append(';');
      String name = entry.getKey().replaceAll("[;=]", "_");
      text.append(name).append(String.format(Locale.ROOT, "=%.4f", entry.getValue()));
    }
    return text.toString();
  }
}
