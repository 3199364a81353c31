package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import org.defconfiji.live.LiveCount;
import org.defconfiji.wire.Certainty;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MacroHookTest {
  @Test
  @DisplayName("the macro is told the counts and the image, and between them what is known of their error")
  void argument() {
    assertEquals(
        "state=normal count=3.0000 max=1.2500 slice=1 image=camera", MacroHook.argument(Counts.of(3)));
    Certainty unlike = new Certainty(0.5, 0.2, 0.1, "spots are out of focus");
    LiveCount count = Counts.of("my camera", 2, 3, unlike, Collections.singletonMap("cell", 1.0));
    assertEquals(
        "state=normal count=3.0000 max=1.2500 slice=2 error=0.5000 roi[cell]=1.0000"
            + " unlike=[spots are out of focus] image=my camera",
        MacroHook.argument(count));
  }
}
