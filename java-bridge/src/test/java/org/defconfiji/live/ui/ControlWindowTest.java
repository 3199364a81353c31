package org.defconfiji.live.ui;

import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.Repository;
import org.defconfiji.live.LiveProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(400)
class ControlWindowTest {
  @TempDir Path folder;

  @Test
  @DisplayName("the simulated microscope is held at the set point, also after counts were lost; at the end the light is safe")
  void driven() throws Exception {
    Path model = Repository.ROOT.resolve("models/defcon-fast.onnx");
    Path pictures = Paths.get("target", "screenshots", "control").toAbsolutePath();
    String said = LiveProcess.run(ControlDriver.class, folder, 360, model.toString(), pictures.toString());
    System.out.print(said.replaceAll("(?m)^", "    "));
  }
}
