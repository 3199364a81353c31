package org.defconfiji.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.defconfiji.Oracle;
import org.defconfiji.RealDaemon;
import org.defconfiji.Repository;
import org.defconfiji.Screen;
import org.defconfiji.SimulatedRecording;
import org.defconfiji.SimulationPlan;
import org.defconfiji.SpotStack;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar as users get it, in an ImageJ of its own. */
@Timeout(300)
class FijiIT {
  private static final String JAVA = Paths.get(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir Path folder;
  private FijiFolder fiji;

  @BeforeEach
  void layOut() throws Exception {
    Repository.assumeBuilt();
    fiji = FijiFolder.create(folder.resolve("Fiji.app"));
  }

  /** The Java that runs the tests, and all others that Debian has installed. */
  static Stream<String> javas() throws IOException {
    Path own = Paths.get(System.getProperty("java.home"), "bin", "java").toRealPath();
    Path others = Paths.get("/usr/lib/jvm");
    if (!Files.isDirectory(others)) return Stream.of(own.toString());
    try (Stream<Path> folders = Files.list(others)) {
      Path[] found =
          folders
              .map(home -> home.resolve("bin/java"))
              .filter(Files::isExecutable)
              .map(FijiIT::real)
              .toArray(Path[]::new);
      return Stream.concat(Stream.of(own), Stream.of(found)).distinct().map(Path::toString);
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException gone) {
      return path;
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  @DisplayName("counts a stack without a screen and prints nothing, on every Java of this machine")
  void headless(String java) throws Exception {
    Oracle oracle = Oracle.of("uint16");
    try (RealDaemon daemon = RealDaemon.start(folder)) {
      String output =
          finish(
              fiji.java(
                  java,
                  daemon.surroundings().defconHome(),
                  "-Djava.awt.headless=true",
                  HeadlessDriver.class.getName(),
                  oracle.stack().toString(),
                  Repository.RANDOM_MODEL.toString()));
      String[] lines = output.split("\n");
      assertEquals(3, lines.length, output);
      assertEquals("image stack_uint16.tif density", lines[0]);
      assertEquals("frames 4", lines[1]);
      assertEquals(oracle.count(0), Double.parseDouble(lines[2].substring("exact ".length())), 1e-3);
    }
  }

  @Test
  @DisplayName("the menu's commands ask, count and show on a screen, and are recorded")
  void menu() throws Exception {
    Path out = Files.createDirectories(Paths.get("target", "screenshots").toAbsolutePath());
    Files.deleteIfExists(out.resolve("notes.properties"));
    Oracle oracle = Oracle.of("uint16");
    try (Screen screen = Screen.assumeStarted();
        RealDaemon daemon = RealDaemon.start(folder, "-m", Repository.RANDOM_MODEL.toString())) {
      ProcessBuilder builder =
          fiji.java(
              JAVA,
              daemon.surroundings().defconHome(),
              MenuDriver.class.getName(),
              oracle.stack().toString(),
              out.toString());
      builder.environment().put("DISPLAY", screen.display());
      finish(builder);
    }
    Properties notes = read(out.resolve("notes.properties"));
    assertEquals("org.defconfiji.command.DensityMapCommand", notes.getProperty("command"));
    assertEquals("Density map", notes.getProperty("options.title"));
    assertEquals("4", notes.getProperty("rows"));
    assertEquals("Label\tRounded count\tExact count", notes.getProperty("columns"));
    assertEquals(oracle.count(0), Double.parseDouble(notes.getProperty("exact")), 1e-3);
    assertEquals(oracle.maxLocalCount(7, 0), Double.parseDouble(notes.getProperty("maximum")), 1e-3);
    assertEquals(oracle.count(0), Double.parseDouble(notes.getProperty("live")), 1e-3);
    assertEquals("", notes.getProperty("live.stopped"));
    assertTrue(Integer.parseInt(notes.getProperty("colours")) > 10, notes.getProperty("colours"));
    assertTrue(
        notes.getProperty("recorded").contains("run(\"Density map...\", \"model=random_defcon\");"),
        notes.getProperty("recorded"));
  }

  @Test
  @Timeout(900)
  @DisplayName("the other windows do what they say, and what they record runs without a screen")
  void ui() throws Exception {
    Path out = Files.createDirectories(Paths.get("target", "screenshots").toAbsolutePath());
    Files.deleteIfExists(out.resolve("ui.properties"));
    Path stacks = Files.createDirectories(folder.resolve("my stacks").resolve("deep"));
    Files.copy(Oracle.of("uint16").stack(), stacks.resolve("a.tif"));
    Files.write(stacks.resolve("broken.tif"), new byte[] {1, 2, 3});
    Path results = folder.resolve("results");
    SpotStack spots = SpotStack.write(folder, 64);
    try (Screen screen = Screen.assumeStarted();
        RealDaemon daemon = RealDaemon.start(folder)) {
      Path home = daemon.surroundings().defconHome();
      ProcessBuilder builder =
          fiji.java(
              JAVA,
              home,
              UiDriver.class.getName(),
              stacks.getParent().toString(),
              results.toString(),
              spots.stack().toString(),
              spots.truth().toString(),
              SimulationPlan.write(folder).toString(),
              out.toString(),
              SimulatedRecording.write(folder, 120, 0.15).toString(),
              System.getProperty("defcon.test.minutes", "0.05"));
      builder.environment().put("DISPLAY", screen.display());
      finish(builder);
      Properties notes = read(out.resolve("ui.properties"));
      assertEquals("2", notes.getProperty("plots"));
      // Both heads learn together from simulated frames, so there is only one stage.
      assertEquals("1", notes.getProperty("plan.plots"));
      assertTrue(notes.getProperty("plan.facts").contains(" samples of 16 x 16 to learn from, 1024 to validate with"));
      assertTrue(notes.getProperty("plan").contains("plan.json"), notes.getProperty("plan"));
      assertTrue(notes.getProperty("plan").contains(" minutes=0.01 name=simulated "), notes.getProperty("plan"));
      assertEquals("recording-tuned", notes.getProperty("tune.name"));
      assertTrue(notes.getProperty("tune").endsWith(" name=mine\");"), notes.getProperty("tune"));
      assertTrue(notes.getProperty("tune").startsWith("run(\"Tune to my data...\", \"minutes="), notes.getProperty("tune"));
      String tuned = notes.getProperty("tune.text");
      for (String part : new String[] {"Before and after", "What was measured", "Recording and simulation"})
        assertTrue(tuned.contains(part), tuned);
      assertEquals("3", notes.getProperty("models"));
      assertEquals("spots", notes.getProperty("default"));
      assertEquals("run(\"Models...\", \"default=defcon\");", notes.getProperty("recorded.default"));
      assertTrue(notes.getProperty("report").contains("Node.js"), notes.getProperty("report"));
      assertTrue(Files.exists(results.resolve("deep/a.density.tif")));
      String options = notes.getProperty("batch").replaceAll("^run\\(\"Batch...\", \"(.*)\"\\);$", "$1");
      String said = replay(home, "org.defconfiji.batch.BatchCommand", options.replace("existing=skip", "existing=replace"));
      assertTrue(said.contains("DEFCoN batch: 1 counted, 1 not counted."), said);
      assertTrue(said.contains("deep/broken.tif: ImageJ cannot open it"), said);
      options = notes.getProperty("train").replaceAll("^run\\(\"Train...\", \"(.*)\"\\);$", "$1");
      said = replay(home, "org.defconfiji.train.TrainCommand", options.replace("name=spots", "name=again").replace("epochs=8", "epochs=1"));
      assertTrue(said.contains(Paths.get("trainings", "again", "again.onnx").toString()), said);
    }
  }

  private String replay(Path home, String command, String options) throws Exception {
    return finish(fiji.java(JAVA, home, "-Djava.awt.headless=true", MacroDriver.class.getName(), command, options));
  }

  private static Properties read(Path path) throws IOException {
    Properties notes = new Properties();
    try (InputStream file = Files.newInputStream(path)) {
      notes.load(file);
    }
    return notes;
  }

  @Test
  @DisplayName("the example of docs/predictor.md compiles against the jar and steers by a stack")
  void documentedExample() throws Exception {
    String page = new String(Files.readAllBytes(Repository.ROOT.resolve("docs/predictor.md")), StandardCharsets.UTF_8);
    String source = page.split("```java\n")[1].split("```")[0];
    Path file = folder.resolve("SteerLight.java");
    Files.write(file, source.getBytes(StandardCharsets.UTF_8));
    String jars = FijiFolder.imageJ() + File.pathSeparator + FijiFolder.pluginJar();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertEquals(0, compiler.run(null, null, null, "-cp", jars, "-d", folder.toString(), file.toString()));
    Oracle oracle = Oracle.of("uint8");
    try (RealDaemon daemon = RealDaemon.start(folder, "-m", Repository.RANDOM_MODEL.toString())) {
      String output =
          finish(
              new ProcessBuilder(
                      JAVA,
                      "-Djava.awt.headless=true",
                      "-Ddefcon.fiji.home=" + daemon.surroundings().defconHome(),
                      "-cp",
                      folder + File.pathSeparator + jars,
                      "SteerLight",
                      oracle.stack().toString())
                  .redirectErrorStream(true));
      String expected = "";
      double power = 1;
      for (int frame = 0; frame < oracle.frames(); frame++) {
        double fullest = Math.max(0.05, oracle.maxLocalCount(7, frame));
        power *= Math.pow(1 / fullest, 0.1);
        expected +=
            String.format(
                "%d: %.2f molecules, fullest %.2f, light %.3f%n", frame + 1, oracle.count(frame), fullest, power);
      }
      assertEquals(expected, output);
    }
  }

  /**
   * Runs a process to its end.
   *
   * @return what it printed, without the warnings of Java 24 and later about sun.misc.Unsafe
   */
  private static String finish(ProcessBuilder builder) throws Exception {
    Process process = builder.start();
    StringBuilder output = new StringBuilder();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) output.append(line).append('\n');
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), output.toString());
    assertEquals(0, process.exitValue(), output.toString());
    return output.toString().replaceAll("(?m)^WARNING: .*Unsafe.*\n", "");
  }
}
