package org.defconfiji.live.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.defconfiji.wire.Certainty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrustLineTest {
  @Test
  @DisplayName("says in words whether a frame is like the training")
  void text() {
    assertEquals("It is not known how far this count can be trusted.", TrustLine.text(Certainty.UNKNOWN));
    assertEquals(
        "The frame is like those of the training.", TrustLine.text(new Certainty(1, 1, 0.123, "")));
    assertEquals(
        "Unlike the training: spots are out of focus. The error may be larger.",
        TrustLine.text(new Certainty(1, 1, 0.123, "spots are out of focus")));
  }
}
