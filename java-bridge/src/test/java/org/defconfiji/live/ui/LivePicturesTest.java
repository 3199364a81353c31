package org.defconfiji.live.ui;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.live.LiveProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class LivePicturesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {12, 18})
  @DisplayName("the windows open by their keys, with small and large letters; the pictures are for a person to look at")
  void pictures(int size) throws Exception {
    Path out = Paths.get("target", "screenshots", "live-" + size).toAbsolutePath();
    System.out.print(LiveProcess.run(LivePictures.class, folder, 240, out.toString(), Integer.toString(size)));
    assertTrue(Files.exists(out.resolve("live-count-unlike.png")));
    assertTrue(Files.exists(out.resolve("live-count-colour.png")));
  }
}
