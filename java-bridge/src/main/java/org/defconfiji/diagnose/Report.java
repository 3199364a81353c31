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
import org.defconfiji.wire.WireException;

/** What the program's doctor found. */
final class Report {
  /** A finding about one thing. */
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
  /** Whether nothing keeps this machine from counting. */
  private final boolean healthy;

  private Report(JsonObject findings) {
    this.healthy = findings.getBoolean("healthy", false);
    for (JsonValue line : findings.get("lines").asArray()) lines.add(new Line(line.asObject()));
  }

  /**
   * Runs doctor, which takes a quarter of a minute or more.
   *
   * @throws WireException there is no program to run; the message says what was tried and what to do
   * @throws IOException it ran, and did not say what it found
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
          "doctor: expected its report, found: " + said + "\nInstall the program again: npm install -g defcon-fiji",
          noReport);
    }
  }

  List<Line> lines() {
    return lines;
  }

  String verdict() {
    return healthy ? "All that counting needs is in order." : "Something that counting needs is not in order.";
  }

  /** As plain text, to be sent to somebody who helps. */
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
