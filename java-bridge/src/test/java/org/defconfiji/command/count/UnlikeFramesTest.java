package org.defconfiji.command.count;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.defconfiji.wire.Certainty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UnlikeFramesTest {
  private static UnlikeFrames of(String... reasons) {
    UnlikeFrames frames = new UnlikeFrames();
    for (String reason : reasons) frames.add(new Certainty(1, 1, 0, reason));
    return frames;
  }

  @Test
  @DisplayName("says how many of how many frames, and why; the most frequent reason first")
  void sentence() {
    assertEquals(
        "1 of 1 frame is unlike those that the model was trained on: dim", of("dim").sentence());
    assertEquals(
        "2 of 3 frames are unlike those that the model was trained on: dim", of("dim", "", "dim").sentence());
    assertEquals(
        "3 of 4 frames are unlike those that the model was trained on: dim (2); wide (1)",
        of("wide", "dim", "", "dim").sentence());
  }

  @Test
  @DisplayName("frames that are like the training, or of which nothing is known, have no reason")
  void none() {
    UnlikeFrames frames = of("", "");
    frames.add(Certainty.UNKNOWN);
    assertEquals(0, frames.frames());
    assertEquals("", frames.mainReason());
  }
}
