package org.defconfiji.daemon;

import java.util.ArrayList;
import java.util.List;

/** A command line as a person types it. */
final class CommandLine {
  private CommandLine() {}

  /**
   * Splits a line at spaces outside double quotes. A backslash is an ordinary character, for
   * Windows.
   */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean started = false;
    for (char c : line.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
        started = true;
      } else if (c == ' ' && !quoted) {
        if (started) words.add(word.toString());
        word.setLength(0);
        started = false;
      } else {
        word.append(c);
        started = true;
      }
    }
    if (started) words.add(word.toString());
    return words;
  }
}
