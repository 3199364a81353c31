package org.defconfiji.train;

import org.defconfiji.files.Digits;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningFinding;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningLikeness;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningRow;

/** The findings of a tuning so far, as Markdown. The newest come first. */
final class TuningText {
  private static final int DIGITS = 3;

  private String measured = "";
  private String compared = "";
  private String judged = "";
  private String ended = "";

  void measured(TuningMeasured found) {
    StringBuilder rows = new StringBuilder("## What was measured\n" + row("", "found"));
    for (TuningFinding finding : found.getFindingsList()) rows.append(row(finding.getTitle(), finding.getText()));
    measured = rows.toString();
  }

  void compared(TuningCompared comparison) {
    StringBuilder rows = new StringBuilder("## Recording and simulation\n" + row("", "recording", "simulation", ""));
    for (TuningLikeness each : comparison.getLikenessesList())
      rows.append(row(each.getTitle(), value(each.getReal(), each), value(each.getSimulated(), each), percent(each.getDifference())));
    compared = rows.toString();
  }

  void judged(TuningJudged judgement) {
    StringBuilder rows = new StringBuilder("## Before and after\n");
    if (judgement.getCutShort()) rows.append("The training was ended early. This is its best model.\n\n");
    for (String objection : judgement.getObjectionsList()) rows.append("- ").append(objection).append('\n');
    if (judgement.getObjectionsCount() > 0) rows.append('\n');
    rows.append(row("", "before", "after"));
    for (TuningRow each : judgement.getRowsList()) rows.append(row(each.getTitle(), each.getBefore(), each.getAfter()));
    judged = rows.toString();
  }

  /** Sets the reason why there is no usable model. */
  void ended(String sentence) {
    ended = sentence + "\n";
  }

  String markdown() {
    return String.join("\n", ended, judged, measured, compared);
  }

  /** Says in words how much recording and simulation differ. */
  static String mismatch(TuningCompared comparison) {
    return "recording and simulation differ by at most " + percent(comparison.getMismatch());
  }

  private static String value(double value, TuningLikeness of) {
    return Digits.of(value, DIGITS) + " " + of.getUnit();
  }

  private static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  private static String row(String... cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) row.append(' ').append(cell.replace("|", "\\|")).append(" |");
    return row.append('\n').toString();
  }
}
