package org.defconfiji.ui;

/** Wraps text for ImageJ's message boxes, which are as wide as their longest line. */
public final class Wrapped {
  private static final int COLUMNS = 90;

  private Wrapped() {}

  /** Breaks long lines at spaces. A long word stays whole. */
  public static String text(String text) {
    StringBuilder wrapped = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (wrapped.length() > 0) wrapped.append('\n');
      int column = 0;
      for (String word : line.split(" ")) {
        if (column > 0 && column + 1 + word.length() > COLUMNS) {
          wrapped.append('\n');
          column = 0;
        } else if (column > 0) {
          wrapped.append(' ');
          column++;
        }
        wrapped.append(word);
        column += word.length();
      }
    }
    return wrapped.toString();
  }
}
