package org.defconfiji.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.epfl.leb.defcon.predictors.Predictor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.defconfiji.Oracle;
import org.defconfiji.Repository;
import org.defconfiji.Screen;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exported folders in the original plugin's menu commands, in an ImageJ that found the plugin in its folder. */
@Timeout(120)
class OriginalMenuTest {
  private static final double TOLERANCE = 1e-3;

  @TempDir Path folder;

  @Test
  @DisplayName("both commands count a stack as the program does")
  void counts() throws Exception {
    Prerequisites.assumePluginRuns();
    Path stack = Oracle.of("uint16").stack();
    Path density = Program.export(Repository.RANDOM_MODEL);
    Path maxCount = Program.export(Repository.RANDOM_MODEL, "--result", "max-count");
    try (Screen screen = Screen.assumeStarted()) {
      drive(screen, stack, density, maxCount);
    }
    List<String> lines = read(output());
    List<Program.Counts> counts = Program.predict(Repository.RANDOM_MODEL, Frames.cropped(stack));
    assertEquals(1 + 3 * counts.size(), lines.size(), () -> lines + read(errors()).toString());
    assertEquals("maps " + counts.size(), lines.get(0));
    for (int i = 0; i < counts.size(); i++) {
      assertEquals(counts.get(i).count, value("Exact count", lines.get(2 + 2 * i)), TOLERANCE);
      assertEquals(Math.round(counts.get(i).count), value("Rounded count", lines.get(1 + 2 * i)));
      String maximum = lines.get(1 + 2 * counts.size() + i);
      assertEquals(counts.get(i).maxLocalCount, value("Max local count (7x7)", maximum), TOLERANCE);
    }
  }

  private static double value(String column, String line) {
    assertTrue(line.startsWith(column + " "), line);
    return Double.parseDouble(line.substring(column.length() + 1));
  }

  private void drive(Screen screen, Path stack, Path density, Path maxCount) throws Exception {
    Path imageJ = layOut();
    ProcessBuilder builder =
        new ProcessBuilder(
            Paths.get(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dplugins.dir=" + imageJ,
            "-Duser.home=" + imageJ,
            "-cp",
            System.getProperty("java.class.path"),
            MenuDriver.class.getName(),
            stack.toString(),
            density.toString(),
            maxCount.toString());
    builder.environment().put("DISPLAY", screen.display());
    Process process = builder.redirectOutput(output().toFile()).redirectError(errors().toFile()).start();
    if (!process.waitFor(90, TimeUnit.SECONDS)) process.destroyForcibly();
  }

  private Path output() {
    return folder.resolve("output.txt");
  }

  private Path errors() {
    return folder.resolve("errors.txt");
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** The plugin where ImageJ looks for it, and the colours in which it shows maps. */
  private Path layOut() throws Exception {
    Path root = Files.createDirectories(folder.resolve("ImageJ"));
    Files.createDirectories(root.resolve("plugins"));
    Files.createDirectories(root.resolve("luts"));
    Path jar = Paths.get(Predictor.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.copy(jar, root.resolve("plugins").resolve(jar.getFileName()));
    Path colours = Repository.ROOT.resolve("fiji-plugin-layout/luts/mpl-viridis.lut");
    Files.copy(colours, root.resolve("luts").resolve(colours.getFileName()));
    return root;
  }
}
