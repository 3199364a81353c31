package org.defconfiji.ui;

/** HTML that Swing can show. */
public final class Html {
  private Html() {}

  /** Makes plain text safe to stand in HTML. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
