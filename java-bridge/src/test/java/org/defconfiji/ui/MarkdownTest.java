package org.defconfiji.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MarkdownTest {
  @Test
  @DisplayName("headings, tables, lists, bold and code become elements; what looks like HTML stays text")
  void elements() {
    String card =
        "# cells\n\nFor **all** of `a<b`, see [page](x.md).\nOn one line.\n\n<!-- counts -->\n| a | b |\n|---|---|\n| 1 | 2\\|3 |\n\n- one\n- two\n";
    assertEquals(
        "<h1>cells</h1><p>For <b>all</b> of <code>a&lt;b</code>, see page. On one line.</p>"
            + "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2|3</td></tr></table>"
            + "<ul><li>one</li><li>two</li></ul>",
        Markdown.html(card));
  }
}
