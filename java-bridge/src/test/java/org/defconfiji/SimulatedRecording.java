package org.defconfiji;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A recording of blinking molecules without ground truth, 96 x 96 pixels of 110 nm. */
public final class SimulatedRecording {
  private static final String[] SETTINGS = {
    "--seed", "11", "--width", "96", "--height", "96", "--pixel-size", "110", "--psf-sigma", "140",
    "--photons", "1500", "--on-time", "0.12", "--background", "15"
  };

  private SimulatedRecording() {}

  /**
   * Writes recording.tif.
   *
   * @param density molecules that are on, 1/µm²
   * @return its path
   */
  public static Path write(Path folder, int frames, double density) throws Exception {
    Path made = folder.resolve("simulation");
    List<String> command =
        new ArrayList<>(Arrays.asList("node", Repository.SCRIPT.toString(), "simulate", "-o", made.toString()));
    command.addAll(Arrays.asList("--frames", Integer.toString(frames), "--density", Double.toString(density)));
    command.addAll(Arrays.asList(SETTINGS));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "simulation.log"))
            .start();
    assertEquals(0, process.waitFor(), "see simulation.log");
    return Files.move(made.resolve("frames.tif"), folder.resolve("recording.tif"));
  }
}
