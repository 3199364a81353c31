package org.defconfiji.diagnose;

import java.util.HashMap;
import java.util.Map;

/** A report as HTML that Swing can show. */
final class ReportPage {
  /** Backgrounds of the states, light enough for black text. */
  private static final Map<String, String> COLOURS = new HashMap<>();

  static {
    COLOURS.put("ok", "#c8ecc8");
    COLOURS.put("missing", "#fbeab0");
    COLOURS.put("broken", "#f7c3bd");
  }

  private static final String STYLE =
      "<style>body {font-family: sans-serif; font-size: 10pt; color: black; background: white; margin: 4px}"
          + " td {padding: 3px 6px; vertical-align: top}</style>";

  private ReportPage() {}

  static String of(Report report) {
    StringBuilder page = new StringBuilder("<table cellspacing=1 width='100%'>");
    for (Report.Line line : report.lines()) {
      page.append("<tr><td bgcolor='").append(COLOURS.getOrDefault(line.state, "#ffffff")).append("'><b>");
      page.append(escaped(line.state)).append("</b></td><td><b>").append(escaped(line.name)).append("</b></td><td>");
      page.append(escaped(line.detail));
      if (!line.advice.isEmpty()) page.append("<br><i>").append(escaped(line.advice)).append("</i>");
      page.append("</td></tr>");
    }
    return page("</table><p><b>" + escaped(report.verdict()) + "</b></p>", page);
  }

  /** A page of plain text. */
  static String of(String text) {
    return page("<p>" + escaped(text).replace("\n", "<br>") + "</p>", new StringBuilder());
  }

  private static String page(String last, StringBuilder before) {
    return "<html><head>" + STYLE + "</head><body>" + before + last + "</body></html>";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
