package org.defconfiji.live.count;

import java.nio.file.Path;
import org.defconfiji.live.LiveProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Run by {@code npm run soak}. */
@EnabledIfSystemProperty(named = "defcon.soak.seconds", matches = "\\d+")
class LiveSoakTest {
  private static final int AROUND_S = 120;

  @TempDir Path folder;

  @Test
  @DisplayName("counts a camera of 100 frames a second, and goes on when the daemon is killed")
  void soak() throws Exception {
    int seconds = Integer.getInteger("defcon.soak.seconds");
    System.out.println(LiveProcess.run(LiveSoak.class, folder, seconds + AROUND_S, Integer.toString(seconds)));
  }
}
