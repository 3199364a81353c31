package org.defconfiji.ui;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns the Markdown of model cards into HTML that Swing can show.
 *
 * <p>It knows headings, paragraphs, tables, lists, bold and code.
 */
public final class Markdown {
  private static final Pattern HEADING = Pattern.compile("(#{1,4})\\s+(.*)");
  private static final Pattern RULE = Pattern.compile("\\|?[\\s|:-]+\\|?");
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\([^)]*\\)");

  private final StringBuilder html = new StringBuilder();
  /** The open element, to which lines are added: p, table, ul, or none. */
  private String open = "";

  private Markdown() {}

  /** Returns the HTML that stands in the body of a page. */
  public static String html(String markdown) {
    Markdown page = new Markdown();
    for (String line : markdown.split("\\R", -1)) page.add(line.trim());
    page.enter("");
    return page.html.toString();
  }

  private void add(String line) {
    Matcher heading = HEADING.matcher(line);
    if (line.isEmpty()) {
      enter("");
    } else if (line.startsWith("<!--")) {
      return;
    } else if (heading.matches()) {
      enter("");
      int level = heading.group(1).length();
      html.append("<h").append(level).append('>').append(inline(heading.group(2))).append("</h").append(level).append('>');
    } else if (line.startsWith("|")) {
      row(line);
    } else if (line.startsWith("- ") || line.startsWith("* ")) {
      enter("ul");
      html.append("<li>").append(inline(line.substring(2))).append("</li>");
    } else if (open.equals("p") || open.equals("ul")) {
      html.append(' ').append(inline(line));
    } else {
      enter("p");
      html.append(inline(line));
    }
  }

  private void row(String line) {
    boolean first = !open.equals("table");
    enter("table");
    if (RULE.matcher(line).matches() && line.contains("-")) return;
    String inner = line.substring(1, line.endsWith("|") && line.length() > 1 ? line.length() - 1 : line.length());
    String cell = first ? "th" : "td";
    html.append("<tr>");
    for (String text : inner.split("(?<!\\\\)\\|", -1))
      html.append('<').append(cell).append('>').append(inline(text.trim().replace("\\|", "|"))).append("</").append(cell).append('>');
    html.append("</tr>");
  }

  private void enter(String element) {
    if (open.equals(element)) return;
    if (!open.isEmpty()) html.append("</").append(open).append('>');
    if (!element.isEmpty()) html.append('<').append(element).append('>');
    open = element;
  }

  private static String inline(String text) {
    String linked = LINK.matcher(Html.escaped(text)).replaceAll("$1");
    return linked.replaceAll("`([^`]*)`", "<code>$1</code>").replaceAll("\\*\\*([^*]+)\\*\\*", "<b>$1</b>");
  }
}
