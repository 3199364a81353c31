package org.defconfiji.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.gui.Roi;
import ij.io.FileSaver;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import java.awt.event.KeyEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.defconfiji.MacroThread;
import org.defconfiji.Oracle;
import org.defconfiji.RealDaemon;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulatedStack;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.files.CsvText;
import org.defconfiji.wire.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Counts a folder of stacks as a macro does, without a screen. */
@Timeout(120)
class BatchTest {
  @TempDir static Path home;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> home);

  /** The columns that the command line writes. */
  private static final List<String> COUNTS_COLUMNS =
      Arrays.asList(
          "frame", "count", "max_local_count", "count_error", "max_local_count_error", "away_from_spots",
          "unlike_training");
  private static final String EARLIER_SUMMARY =
      "file,model,frames,mean_count,sd_count,min_count,max_count,max_local_count,problem\n";

  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeAll
  static void find() {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
  }

  @AfterAll
  static void forget() {
    System.clearProperty("defcon.fiji.home");
  }

  @BeforeEach
  void layOut() throws Exception {
    input = Files.createDirectories(folder.resolve("my stacks"));
    output = folder.resolve("results");
  }

  private String batch(String more) throws Exception {
    return MacroThread.run(
        new BatchCommand(),
        "input=[" + input + "] output=[" + output + "] model=[" + Repository.RANDOM_MODEL + "] " + more);
  }

  private Path copy(String pixelType, String name) throws Exception {
    Path target = input.resolve(name);
    Files.createDirectories(target.getParent());
    return Files.copy(Oracle.of(pixelType).stack(), target);
  }

  private List<List<String>> table(String name) throws Exception {
    return CsvText.parse(new String(Files.readAllBytes(output.resolve(name)), StandardCharsets.UTF_8));
  }

  private List<String> left() throws Exception {
    try (Stream<Path> files = Files.walk(output)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> output.relativize(file).toString())
          .sorted()
          .collect(Collectors.toList());
    }
  }

  @Test
  @DisplayName("each stack gets a table with TensorFlow's counts and its maps; the summary tells of all")
  void counts() throws Exception {
    Oracle oracle = Oracle.of("uint16");
    copy("uint16", "b.tif");
    copy("uint8", "deep/a.TIF");
    copy("float32", "other.png");
    String said = batch("subfolders density");
    assertTrue(said.contains("DEFCoN batch: 2 counted."), said);
    assertEquals(
        Arrays.asList("b.counts.csv", "b.density.tif", "deep/a.counts.csv", "deep/a.density.tif", "summary.csv"), left());
    List<List<String>> counts = table("b.counts.csv");
    assertEquals(COUNTS_COLUMNS, counts.get(0));
    assertEquals(Arrays.asList("", "", "", ""), counts.get(1).subList(3, 7));
    ImagePlus maps = IJ.openImage(output.resolve("b.density.tif").toString());
    assertEquals(oracle.frames(), maps.getStackSize());
    assertEquals(32, maps.getBitDepth());
    double sum = 0;
    for (int frame = 0; frame < oracle.frames(); frame++) {
      assertEquals(oracle.count(frame), Double.parseDouble(counts.get(frame + 1).get(1)), 1e-3);
      assertEquals(oracle.maxLocalCount(7, frame), Double.parseDouble(counts.get(frame + 1).get(2)), 1e-3);
      assertArrayEquals(oracle.density(frame), (float[]) maps.getStack().getPixels(frame + 1), 1e-4f);
      sum += oracle.count(frame);
    }
    List<List<String>> summary = table("summary.csv");
    assertEquals("b.tif", summary.get(1).get(0));
    assertEquals("random_defcon", summary.get(1).get(1));
    assertEquals(oracle.frames(), Integer.parseInt(summary.get(1).get(2)));
    assertEquals(sum / oracle.frames(), Double.parseDouble(summary.get(1).get(3)), 1e-3);
    assertEquals("deep/a.TIF", summary.get(2).get(0));
  }

  @Test
  @DisplayName("how far the shipped model's counts are to be trusted is in each table and in the summary")
  void certainty() throws Exception {
    ImagePlus frames = SimulatedStack.usual(folder);
    new FileSaver(frames).saveAsTiffStack(input.resolve("a.tif").toString());
    new FileSaver(SimulatedStack.saturate(frames)).saveAsTiffStack(input.resolve("b.tif").toString());
    MacroThread.run(new BatchCommand(), "input=[" + input + "] output=[" + output + "]");
    List<List<String>> counts = table("b.counts.csv");
    assertEquals(COUNTS_COLUMNS, counts.get(0));
    double errors = 0;
    int unlike = 0;
    for (List<String> row : counts.subList(1, counts.size())) {
      errors += Double.parseDouble(row.get(3));
      assertTrue(Double.parseDouble(row.get(4)) > 0, row.toString());
      assertTrue(Double.parseDouble(row.get(5)) <= 1, row.toString());
      if (!row.get(6).isEmpty()) unlike++;
    }
    assertTrue(unlike >= SimulatedStack.FRAMES - 1, unlike + " frames are unlike the training");
    List<List<String>> summary = table("summary.csv");
    assertEquals(
        Arrays.asList("problem", "mean_count_error", "away_from_spots", "unlike_frames", "unlike_training"),
        summary.get(0).subList(8, 13));
    List<String> saturated = summary.get(2);
    assertEquals(errors / SimulatedStack.FRAMES, Double.parseDouble(saturated.get(9)), 1e-6);
    assertTrue(Double.parseDouble(saturated.get(10)) < 0.5, saturated.toString());
    assertEquals(Integer.toString(unlike), saturated.get(11));
    assertEquals("the brightest pixels are cut off", saturated.get(12));
    assertTrue(Integer.parseInt(summary.get(1).get(11)) <= 1, summary.get(1).toString());
  }

  @Test
  @DisplayName("a summary of an earlier version is understood: its rows stay, with empty cells")
  void earlierSummary() throws Exception {
    copy("uint8", "a.tif");
    batch("");
    List<String> before = table("summary.csv").get(1).subList(0, 9);
    String rows = CsvText.line(before) + CsvText.line(Arrays.asList("gone.tif", "old", "", "", "", "", "", "", "no, file"));
    Files.write(output.resolve("summary.csv"), (EARLIER_SUMMARY + rows).getBytes(StandardCharsets.UTF_8));
    assertTrue(batch("").contains("0 counted, 1 done before"));
    copy("uint16", "b.tif");
    assertTrue(batch("").contains("1 counted, 1 done before"));
    List<List<String>> summary = table("summary.csv");
    assertEquals(13, summary.get(0).size());
    assertEquals(before, summary.get(1).subList(0, 9));
    assertEquals(Arrays.asList("", "", "", ""), summary.get(1).subList(9, 13));
    assertEquals("b.tif", summary.get(2).get(0));
    assertEquals("no, file", summary.get(3).get(8));
    assertEquals(Arrays.asList("", "", "", ""), summary.get(3).subList(9, 13));
  }

  @Test
  @DisplayName("files that cannot be read or counted are named with the reason, and end nothing")
  void problems() throws Exception {
    copy("uint8", "good.tif");
    copy("uint16", "good.tiff");
    Files.write(input.resolve("broken.tif"), new byte[] {'I', 'I', 42, 0, 1, 2, 3});
    Files.write(input.resolve("text.tif"), "no image".getBytes(StandardCharsets.UTF_8));
    new FileSaver(new ImagePlus("c", new ColorProcessor(16, 16))).saveAsTiff(input.resolve("colour.tif").toString());
    ImageStack stack = new ImageStack(16, 16);
    FloatProcessor hole = new FloatProcessor(16, 16);
    hole.setf(3, 3, Float.NaN);
    stack.addSlice(new FloatProcessor(16, 16));
    stack.addSlice(hole);
    new FileSaver(new ImagePlus("n", stack)).saveAsTiffStack(input.resolve("nan.tif").toString());
    String said = batch("");
    assertNull(IJ.getErrorMessage());
    assertTrue(said.contains("DEFCoN batch: 1 counted, 5 not counted."), said);
    assertTrue(said.contains("colour.tif: An RGB image has no single brightness"), said);
    assertTrue(said.contains("nan.tif: Slice 2 of 'nan.tif'"), said);
    assertTrue(said.contains("text.tif: ImageJ cannot open it"), said);
    assertTrue(said.contains("good.tiff: its results would overwrite those of good.tif"), said);
    assertEquals(Arrays.asList("good.counts.csv", "summary.csv"), left());
    for (List<String> row : table("summary.csv").subList(1, 7))
      assertEquals(row.get(0).equals("good.tif"), row.get(8).isEmpty(), row.toString());
  }

  @Test
  @DisplayName("a batch that is run again leaves alone what is done, unless the file, the model or what is wanted is another")
  void again() throws Exception {
    Path source = copy("uint8", "a.tif");
    batch("");
    Path counts = output.resolve("a.counts.csv");
    FileTime first = FileTime.fromMillis(Files.getLastModifiedTime(counts).toMillis() + 1000);
    Files.setLastModifiedTime(counts, first);
    assertTrue(batch("").contains("0 counted, 1 done before"));
    assertEquals(first, Files.getLastModifiedTime(counts));
    assertTrue(batch("existing=replace").contains("1 counted."));
    assertNotEquals(first, Files.getLastModifiedTime(counts));
    assertTrue(batch("density").contains("1 counted."));
    assertTrue(batch("density").contains("1 done before"));
    String other =
        MacroThread.run(new BatchCommand(), "input=[" + input + "] output=[" + output + "] model=defcon density");
    assertTrue(other.contains("1 counted."), other);
    Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    assertTrue(
        MacroThread.run(new BatchCommand(), "input=[" + input + "] output=[" + output + "] density")
            .contains("1 counted."));
  }

  @Test
  @DisplayName("Esc ends a batch: whole files stay, of the one under way nothing")
  void escape() throws Exception {
    copy("uint8", "a.tif");
    ImagePlus image = IJ.createImage("long", "8-bit ramp", 256, 256, 3000);
    new FileSaver(image).saveAsTiffStack(input.resolve("b.tif").toString());
    AtomicBoolean done = new AtomicBoolean();
    Thread finger = new Thread(() -> {
      while (!done.get()) {
        if (Files.exists(output.resolve("a.counts.csv"))) IJ.setKeyDown(KeyEvent.VK_ESCAPE);
        IJ.wait(10);
      }
    });
    finger.start();
    String said = batch("");
    done.set(true);
    finger.join();
    IJ.resetEscape();
    assertTrue(said.contains("DEFCoN batch, cancelled: 1 counted."), said);
    assertEquals(Arrays.asList("a.counts.csv", "summary.csv"), left());
  }

  @Test
  @DisplayName("a daemon that is killed in the middle of a batch is started again, and no frame is left out")
  void killed() throws Exception {
    copy("uint8", "a.tif");
    ImagePlus image = IJ.createImage("long", "8-bit ramp", 128, 128, 500);
    new FileSaver(image).saveAsTiffStack(input.resolve("b.tif").toString());
    Path own = folder.resolve("home");
    RealDaemon victim = RealDaemon.start(own);
    Thread killer = new Thread(() -> {
      while (!Files.exists(output.resolve("a.counts.csv"))) IJ.wait(5);
      IJ.wait(200);
      try {
        victim.kill();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    });
    System.setProperty("defcon.fiji.home", victim.surroundings().defconHome().toString());
    System.setProperty("defcon.fiji.command", "node " + Repository.SCRIPT);
    killer.start();
    try {
      String said = batch("");
      killer.join();
      assertTrue(said.contains("DEFCoN batch: 2 counted."), said);
      List<List<String>> rows = table("b.counts.csv");
      assertEquals(501, rows.size());
      for (int frame = 1; frame <= 500; frame++) assertEquals(Integer.toString(frame), rows.get(frame).get(0));
      try (Connection next = Daemon.ofThisUser().connect()) {
        next.stopDaemon();
      }
    } finally {
      System.clearProperty("defcon.fiji.command");
      find();
    }
  }

  @Test
  @DisplayName("maps have the source's calibration and layout; a selection that was saved with it is not heeded")
  void calibration() throws Exception {
    ImagePlus image = IJ.createHyperStack("h", 24, 20, 2, 3, 4, 16);
    image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = 0.1;
    image.getCalibration().setUnit("µm");
    image.getCalibration().frameInterval = 0.03;
    image.setRoi(new Roi(1, 1, 5, 5));
    new FileSaver(image).saveAsTiffStack(input.resolve("h.tif").toString());
    batch("density");
    ImagePlus maps = IJ.openImage(output.resolve("h.density.tif").toString());
    assertEquals(24, maps.getWidth());
    assertEquals(2, maps.getNChannels());
    assertEquals(3, maps.getNSlices());
    assertEquals(4, maps.getNFrames());
    assertEquals(0.1, maps.getCalibration().pixelWidth, 1e-6);
    assertEquals("µm", maps.getCalibration().getUnit().replace("\u03BC", "\u00B5"));
    assertEquals(0.03, maps.getCalibration().frameInterval, 1e-9);
  }

  @Test
  @DisplayName("what is missing or wrong in the macro is said before anything is counted")
  void refuses() throws Exception {
    String[][] cases = {
      {"output=x", "expected the folder with the images, found nothing"},
      {"input=[" + folder.resolve("none") + "] output=x", "expected a folder, found none"},
      {"input=[" + input + "] output=[" + output + "]", "expected files named *.tif; *.tiff, found none"},
      {"input=[" + input + "] output=[" + output + "] existing=maybe", "expected one of skip, replace, found 'maybe'"}
    };
    for (String[] each : cases) {
      MacroThread.run(new BatchCommand(), each[0]);
      String message = String.valueOf(IJ.getErrorMessage()).replace('\n', ' ');
      assertTrue(message.contains(each[1]), message);
    }
    copy("uint8", "a.tif");
    batchWithModel("no_such_model");
    assertTrue(String.valueOf(IJ.getErrorMessage()).contains("no_such_model"));
    assertFalse(Files.exists(output));
  }

  private void batchWithModel(String model) throws Exception {
    MacroThread.run(new BatchCommand(), "input=[" + input + "] output=[" + output + "] model=" + model);
  }
}
