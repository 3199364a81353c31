package org.defconfiji;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small plan of simulated frames, of 16 x 16 pixels. */
public final class SimulationPlan {
  private static final String TEXT =
      "{\"seed\": 5, \"runs\": 1, \"frames\": 8, \"side\": 16, \"settings\": {\"photons\": 2000}, \"mixtures\": {}}";

  private SimulationPlan() {}

  /**
   * Writes plan.json.
   *
   * @return its path
   */
  public static Path write(Path folder) throws IOException {
    return Files.write(folder.resolve("plan.json"), TEXT.getBytes(StandardCharsets.UTF_8));
  }
}
