package org.defconfiji.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.ImageStack;
import ij.Macro;
import ij.WindowManager;
import ij.gui.OvalRoi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import ij.plugin.Duplicator;
import ij.plugin.PlugIn;
import ij.process.ColorProcessor;
import ij.process.FloatProcessor;
import ij.process.ShortProcessor;
import java.awt.event.KeyEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import org.defconfiji.Oracle;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.command.ui.OptionsDialog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a macro runs them, in ImageJ without a screen. */
@Timeout(120)
class CommandTest {
  private static final double TOLERANCE = 1e-3;
  private static final String RANDOM_MODEL = "load=[" + Repository.RANDOM_MODEL + "]";

  @TempDir static Path folder;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);
  private final String threadName = Thread.currentThread().getName();

  @BeforeAll
  static void find() {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
  }

  @AfterAll
  static void forget() {
    System.clearProperty("defcon.fiji.home");
  }

  @BeforeEach
  void clear() {
    ResultsTable.getResultsTable().reset();
    IJ.getErrorMessage();
    WindowManager.setTempCurrentImage(null);
  }

  @AfterEach
  void restore() {
    WindowManager.setTempCurrentImage(null);
    Macro.setOptions(null);
    Thread.currentThread().setName(threadName);
  }

  /**
   * Runs a command on an image.
   *
   * @return the current image after it
   */
  private static ImagePlus run(PlugIn command, ImagePlus image, String options) {
    // ImageJ gives macro options only to threads with this name.
    Thread.currentThread().setName("Run$_test");
    Macro.setOptions(options);
    WindowManager.setTempCurrentImage(image);
    PrintStream console = System.out;
    // Without a screen ImageJ prints its messages. They would look like failures of the tests.
    System.setOut(new PrintStream(new ByteArrayOutputStream()));
    try {
      command.run("");
    } finally {
      System.setOut(console);
    }
    assertFalse(image.isLocked());
    return WindowManager.getCurrentImage();
  }

  private static ImagePlus open(String pixelType) throws Exception {
    return IJ.openImage(Oracle.of(pixelType).stack().toString());
  }

  private static ResultsTable table() {
    return ResultsTable.getResultsTable();
  }

  @Test
  @DisplayName("where the daemon knows no model, nothing is asked")
  void noModel() throws Exception {
    assertEquals("", OptionsDialog.ask("Density map", open("uint8"), Collections.emptyList()).model());
  }

  @Test
  @DisplayName("a macro that names no model counts with the shipped one")
  void shippedModel() throws Exception {
    ImagePlus image = open("uint16");
    ImagePlus unnamed = run(new DensityMapCommand(), image, "");
    ImagePlus named = run(new DensityMapCommand(), image, "model=defcon");
    assertArrayEquals(
        (float[]) named.getProcessor().getPixels(), (float[]) unnamed.getProcessor().getPixels(), 0f);
    assertNotSame(named, unnamed);
  }

  @Test
  @DisplayName("a density map has TensorFlow's values, and the table its counts, one row a frame")
  void densityMap() throws Exception {
    Oracle oracle = Oracle.of("uint16");
    ImagePlus density = run(new DensityMapCommand(), open("uint16"), RANDOM_MODEL);
    assertEquals("stack_uint16.tif density", density.getTitle());
    assertEquals(32, density.getBitDepth());
    assertEquals(oracle.frames(), density.getStackSize());
    assertEquals("Label\tRounded count\tExact count", table().getColumnHeadings().trim());
    double largest = 0;
    for (int frame = 0; frame < oracle.frames(); frame++) {
      float[] expected = oracle.density(frame);
      float[] found = (float[]) density.getStack().getProcessor(frame + 1).getPixels();
      for (int i = 0; i < expected.length; i++) assertEquals(expected[i], found[i], 1e-4f);
      for (float value : expected) largest = Math.max(largest, value);
      assertEquals(oracle.count(frame), table().getValue("Exact count", frame), TOLERANCE);
      assertEquals(Math.rint(oracle.count(frame)), table().getValue("Rounded count", frame));
      assertEquals("stack_uint16.tif:" + (frame + 1), table().getLabel(frame));
    }
    assertEquals(largest, density.getDisplayRangeMax(), 1e-4);
  }

  @Test
  @DisplayName("the maximum local count is TensorFlow's, in a column that names the window")
  void maximumLocalCount() throws Exception {
    Oracle oracle = Oracle.of("uint8");
    ImagePlus image = open("uint8");
    assertSame(image, run(new MaximumLocalCountCommand(), image, RANDOM_MODEL));
    assertEquals(oracle.frames(), table().getCounter());
    for (int frame = 0; frame < oracle.frames(); frame++)
      assertEquals(
          oracle.maxLocalCount(7, frame), table().getValue("Max local count (7x7)", frame), TOLERANCE);
  }

  @Test
  @DisplayName("'current' counts the slice that is shown alone")
  void currentSlice() throws Exception {
    ImagePlus image = open("float32");
    image.setSlice(2);
    ImagePlus density = run(new DensityMapCommand(), image, RANDOM_MODEL + " current");
    assertEquals(1, density.getStackSize());
    assertEquals(1, table().getCounter());
    assertEquals(Oracle.of("float32").count(1), table().getValue("Exact count", 0), TOLERANCE);
    assertEquals("stack_float32.tif:2", table().getLabel(0));
  }

  @Test
  @DisplayName("a rectangle is counted as the same rectangle cut out by hand, and keeps its place")
  void rectangle() throws Exception {
    ImagePlus image = open("uint16");
    image.setRoi(5, 7, 21, 18);
    ImagePlus cut = new Duplicator().run(image);
    Calibration calibration = new Calibration();
    calibration.pixelWidth = calibration.pixelHeight = 0.1;
    calibration.setUnit("µm");
    calibration.frameInterval = 0.03;
    image.setCalibration(calibration);
    ImagePlus density = run(new DensityMapCommand(), image, RANDOM_MODEL);
    assertEquals(21, density.getWidth());
    assertEquals(18, density.getHeight());
    assertEquals(0.1, density.getCalibration().pixelWidth);
    assertEquals(0.03, density.getCalibration().frameInterval);
    // The first pixel of the map has the physical position of the source's pixel (5, 7).
    assertEquals(0.5, density.getCalibration().getX(0), 1e-9);
    assertEquals(0.7, density.getCalibration().getY(0), 1e-9);
    double count = table().getValue("Exact count", 3);
    table().reset();
    run(new DensityMapCommand(), cut, RANDOM_MODEL);
    assertEquals(table().getValue("Exact count", 3), count, 1e-6);
  }

  @Test
  @DisplayName("of an oval only what lies inside counts")
  void oval() throws Exception {
    ImagePlus image = open("uint8");
    image.setRoi(2, 3, 24, 20);
    ImagePlus whole = run(new DensityMapCommand(), image, RANDOM_MODEL);
    table().reset();
    OvalRoi oval = new OvalRoi(2, 3, 24, 20);
    image.setRoi(oval);
    ImagePlus inside = run(new DensityMapCommand(), image, RANDOM_MODEL);
    double sum = 0;
    for (int y = 0; y < 20; y++)
      for (int x = 0; x < 24; x++) {
        boolean in = oval.contains(x + 2, y + 3);
        float expected = in ? whole.getProcessor().getf(x, y) : 0;
        assertEquals(expected, inside.getProcessor().getf(x, y));
        sum += expected;
      }
    assertEquals(sum, table().getValue("Exact count", 0), TOLERANCE);
  }

  @Test
  @DisplayName("a hyperstack's map is laid out as the hyperstack, with its labels")
  void hyperstack() throws Exception {
    ImageStack stack = new ImageStack(20, 16);
    for (int i = 0; i < 12; i++) {
      ShortProcessor frame = new ShortProcessor(20, 16);
      for (int p = 0; p < frame.getPixelCount(); p++) frame.set(p, (p * 37 + i * 11) % 251);
      stack.addSlice("slice " + i, frame);
    }
    ImagePlus image = new ImagePlus("hyper", stack);
    image.setDimensions(2, 3, 2);
    image.setOpenAsHyperStack(true);
    ImagePlus density = run(new DensityMapCommand(), image, RANDOM_MODEL);
    assertEquals(2, density.getNChannels());
    assertEquals(3, density.getNSlices());
    assertEquals(2, density.getNFrames());
    assertTrue(density.isHyperStack());
    assertEquals("slice 7", density.getStack().getSliceLabel(8));
    assertEquals("hyper:slice 7", table().getLabel(7));
  }

  @Test
  @DisplayName("an RGB image is refused before anything is asked of the daemon")
  void rgb() {
    ImagePlus image = new ImagePlus("colours", new ColorProcessor(16, 16));
    assertSame(image, run(new DensityMapCommand(), image, RANDOM_MODEL));
    assertTrue(IJ.getErrorMessage().startsWith("An RGB image has no single brightness to count."));
  }

  @Test
  @DisplayName("the daemon's sentence about an unknown model is shown as it is")
  void unknownModel() throws Exception {
    ImagePlus image = open("uint8");
    assertSame(image, run(new DensityMapCommand(), image, "load=[/old/Fiji.app/plugins/DEFCoN/no_such_folder]"));
    String message = IJ.getErrorMessage();
    assertNotNull(message);
    assertTrue(message.contains("/old/Fiji.app/plugins/DEFCoN/no_such_folder"), message);
    assertEquals(0, table().getCounter());
  }

  @Test
  @DisplayName("a frame with a pixel that is no number is told by its slice")
  void notANumber() {
    ImageStack stack = new ImageStack(16, 16);
    stack.addSlice(new FloatProcessor(16, 16));
    FloatProcessor broken = new FloatProcessor(16, 16);
    broken.setf(1, 1, Float.NaN);
    stack.addSlice(broken);
    run(new DensityMapCommand(), new ImagePlus("broken", stack), RANDOM_MODEL);
    String message = IJ.getErrorMessage();
    assertTrue(message.startsWith("Slice 2 of 'broken': "), message);
    assertEquals(0, table().getCounter());
  }

  @Test
  @DisplayName("a locked image is left alone")
  void locked() throws Exception {
    ImagePlus image = open("uint8");
    Thread holder = new Thread(image::lock);
    holder.start();
    holder.join();
    WindowManager.setTempCurrentImage(image);
    new DensityMapCommand().run("");
    assertTrue(image.isLocked());
    assertEquals(0, table().getCounter());
  }

  @Test
  @DisplayName("Esc ends the work: no image, no rows, and the source is unlocked")
  void escape() {
    ImagePlus image = IJ.createImage("long", "16-bit ramp", 256, 256, 2000);
    AtomicBoolean done = new AtomicBoolean();
    Thread finger = new Thread(() -> {
      while (!done.get()) {
        IJ.setKeyDown(KeyEvent.VK_ESCAPE);
        IJ.wait(20);
      }
    });
    finger.start();
    ImagePlus current = run(new DensityMapCommand(), image, RANDOM_MODEL);
    done.set(true);
    assertSame(image, current);
    assertEquals(0, table().getCounter());
    assertEquals(null, IJ.getErrorMessage());
  }
}
