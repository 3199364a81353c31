package org.defconfiji.command.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.defconfiji.wire.Certainty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CertaintyTextTest {
  @Test
  @DisplayName("a count is said with its error and the reason, as far as they are known")
  void text() {
    assertEquals("12.3 molecules", CertaintyText.of(12.34, Certainty.UNKNOWN));
    assertEquals("12.3 ± 1.2 molecules", CertaintyText.of(12.34, new Certainty(1.23, 0.5, 0.1, "")));
    Certainty unlike = new Certainty(1.23, 0.5, 0.1, "spots are out of focus");
    assertEquals(
        "12.3 ± 1.2 molecules, unlike the training: spots are out of focus", CertaintyText.of(12.34, unlike));
    assertEquals(
        "12.3 molecules, unlike the training: spots are out of focus",
        CertaintyText.of(12.34, unlike.withoutNumbers()));
  }
}
