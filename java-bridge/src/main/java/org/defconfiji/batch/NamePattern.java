package org.defconfiji.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Matches file names: * is any text, ? is one character, ; separates patterns. Case does not
 * matter.
 */
final class NamePattern {
  private final List<Pattern> patterns = new ArrayList<>();

  NamePattern(String text) {
    for (String part : text.split(";")) if (!part.trim().isEmpty()) patterns.add(compile(part.trim()));
  }

  boolean matches(String name) {
    for (Pattern pattern : patterns) if (pattern.matcher(name).matches()) return true;
    return false;
  }

  private static Pattern compile(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      if (c == '*') regex.append(".*");
      else if (c == '?') regex.append('.');
      else regex.append(Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }
}
