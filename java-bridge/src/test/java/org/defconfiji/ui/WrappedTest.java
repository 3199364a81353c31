package org.defconfiji.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WrappedTest {
  @Test
  @DisplayName("long lines are broken at spaces, lines that are there stay")
  void wraps() {
    String word = new String(new char[40]).replace('\0', 'a');
    assertEquals(word + " " + word + "\n" + word + "\n- b", Wrapped.text(word + " " + word + " " + word + "\n- b"));
  }

  @Test
  @DisplayName("a word longer than a line is kept whole, as paths must be")
  void longWord() {
    String path = new String(new char[120]).replace('\0', 'p');
    assertEquals("see\n" + path + "\nthere", Wrapped.text("see " + path + " there"));
  }
}
