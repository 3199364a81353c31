package org.defconfiji.live.ui;

import java.nio.file.Path;
import org.defconfiji.Oracle;
import org.defconfiji.Repository;
import org.defconfiji.live.LiveProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(400)
class LiveWindowTest {
  @TempDir Path folder;

  @Test
  @DisplayName("counts what is scrolled, appended and updated as Density map... does, whatever happens to the daemon")
  void driven() throws Exception {
    String said =
        LiveProcess.run(
            LiveDriver.class,
            folder,
            360,
            Oracle.of("uint16").stack().toString(),
            Repository.RANDOM_MODEL.toString());
    System.out.print(said.replaceAll("(?m)^", "    "));
  }
}
