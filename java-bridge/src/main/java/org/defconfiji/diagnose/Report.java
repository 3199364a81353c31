package org.defconfiji.diagnose;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import com.eclipsesource.json.ParseException;
import ij.IJ;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.defconfiji.Version;
import org.defconfiji.daemon.Program;
import org.defconfiji.wire.HowToInstall;
import org.defconfiji.wire.WireException;

/** The report of the program's doctor. */
final class Report {
  /** One line of the report. */
  static final class Line {
    /** "ok", "missing" or "broken". */
    final String state;
    final String name;
    final String detail;
    final String advice;

    Line(JsonObject line) {
      this.state = line.getString("state", "");
      this.name = line.getString("name", "");
      this.detail = line.getString("detail", "");
      this.advice = line.getString("advice", "");
    }
  }

  private final List<Line> lines = new ArrayList<>();
  /** Whether everything that counting needs is in order. */
  private final boolean healthy;

  private Report(JsonObject findings) {
    this.healthy = findings.getBoolean("healthy", false);
    for (JsonValue line : findings.get("lines").asArray()) lines.add(new Line(line.asObject()));
  }

  /**
   * Runs doctor. This takes fifteen seconds or more.
   *
   * @throws WireException the program was not found; the message lists what was tried
   * @throws IOException it ran but printed no report
   */
  static Report examine(Program program, BooleanSupplier cancelled) throws WireException, IOException {
    Program.Finished finished = program.run(cancelled, "doctor", "--json");
    return parse(finished.output(), finished.errors());
  }

  static Report parse(String output, String errors) throws IOException {
    try {
      return new Report(Json.parse(output).asObject());
    } catch (ParseException | UnsupportedOperationException | NullPointerException noReport) {
      String said = errors.isEmpty() ? "nothing" : errors;
      throw new IOException(
          "doctor: expected its report, found: " + said + "\nInstall the program again: " + HowToInstall.COMMAND,
          noReport);
    }
  }

  List<Line> lines() {
    return lines;
  }

  String verdict() {
    return healthy ? "All that counting needs is in order." : "Something that counting needs is not in order.";
  }

  /** The report as plain text, for sending to somebody who helps. */
  String text() {
    StringBuilder text = new StringBuilder("DEFCoN plugin " + Version.VERSION + ", ImageJ " + IJ.getFullVersion());
    text.append(", Java ").append(System.getProperty("java.version")).append(", ").append(System.getProperty("os.name"));
    text.append('\n');
    for (Line line : lines) {
      text.append(String.format("%-8s %s: %s%n", line.state, line.name, line.detail));
      if (!line.advice.isEmpty()) text.append("         ").append(line.advice).append('\n');
    }
    return text.append(verdict()).append('\n').toString();
  }
}
