package org.defconfiji.diagnose;

import java.util.HashMap;
import java.util.Map;
import org.defconfiji.ui.Html;

/** Turns a report into HTML that Swing can show. */
final class ReportPage {
  /** The background of each state, light enough for black text. */
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
      page.append(Html.escaped(line.state)).append("</b></td><td><b>").append(Html.escaped(line.name)).append("</b></td><td>");
      page.append(Html.escaped(line.detail));
      if (!line.advice.isEmpty()) page.append("<br><i>").append(Html.escaped(line.advice)).append("</i>");
      page.append("</td></tr>");
    }
    return page("</table><p><b>" + Html.escaped(report.verdict()) + "</b></p>", page);
  }

  /** Turns plain text into a page. */
  static String of(String text) {
    return page("<p>" + Html.escaped(text).replace("\n", "<br>") + "</p>", new StringBuilder());
  }

  private static String page(String last, StringBuilder before) {
    return "<html><head>" + STYLE + "</head><body>" + before + last + "</body></html>";
  }
}
