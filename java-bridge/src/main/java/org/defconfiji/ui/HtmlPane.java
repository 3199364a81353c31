package org.defconfiji.ui;

import java.awt.Font;
import javax.swing.JEditorPane;
import javax.swing.UIManager;

/** Shows HTML with headings and tables in the font size of labels. Runs on the event thread. */
public final class HtmlPane extends JEditorPane {
  private static final String STYLE =
      "<style>body {font-family: sans-serif; font-size: %dpt; margin: 6px} h1 {font-size: 130%%; margin: 0}"
          + " h2, h3 {font-size: 110%%; margin: 8px 0 2px 0} p {margin: 4px 0} td, th {padding: 1px 6px;"
          + " text-align: left} th {font-weight: bold}</style>";

  public HtmlPane() {
    super("text/html", "");
    setEditable(false);
  }

  /**
   * Shows a text.
   *
   * @param html the content of the body, for example from {@link Markdown}
   */
  public void body(String html) {
    Font font = UIManager.getFont("Label.font");
    String style = String.format(STYLE, font == null ? 10 : Math.max(8, font.getSize() - 2));
    setText("<html><head>" + style + "</head><body>" + html + "</body></html>");
    setCaretPosition(0);
  }
}
