package org.defconfiji.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.io.FileInfo;
import java.awt.event.KeyEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.defconfiji.MacroThread;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulatedRecording;
import org.defconfiji.protocol.TrainingState;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.WireException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class TuneTest {
  @TempDir static Path home;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> home);

  @TempDir static Path folder;
  private static Path stack;

  @BeforeAll
  static void find() throws Exception {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
    System.setProperty("defcon.fiji.command", "node " + Repository.SCRIPT);
    stack = SimulatedRecording.write(folder, 120, 0.15);
  }

  @AfterAll
  static void forget() {
    System.clearProperty("defcon.fiji.home");
    System.clearProperty("defcon.fiji.command");
  }

  @AfterEach
  void close() {
    WindowManager.setTempCurrentImage(null);
    IJ.resetEscape();
  }

  private static String error() {
    String message = IJ.getErrorMessage();
    return message == null ? "" : message.replace('\n', ' ');
  }

  private static ImagePlus inFront(ImagePlus image) {
    WindowManager.setTempCurrentImage(image);
    return image;
  }

  private static ImagePlus open(Path file) {
    return inFront(IJ.openImage(file.toString()));
  }

  private static TrainingSummary last() throws WireException {
    try (Connection connection = daemon.client().connect()) {
      List<TrainingSummary> all = connection.trainings();
      return all.get(all.size() - 1);
    }
  }

  @Test
  @DisplayName("a macro tunes to the stack in front, and the new model is the default, unless it is no better; the image stays as it was")
  void tunes() throws Exception {
    ImagePlus image = open(stack);
    FileInfo info = image.getOriginalFileInfo();
    image.changes = true;
    String said = MacroThread.run(new TuneCommand(), "minutes=0.05");
    String error = error();
    assertTrue(said.contains("DEFCoN tuning, camera: "), said);
    assertTrue(said.contains("DEFCoN tuning, taken from: 120 frames of 96 \u00D7 96; "), said);
    assertTrue(said.contains("DEFCoN tuning, recording and simulation differ by at most "), said);
    assertTrue(said.contains("DEFCoN tuning, end-to-end epoch 1: loss "), said);
    assertTrue(said.contains("matched frames: "), said);
    Path output = daemon.home().resolve("tunings").resolve("recording-tuned");
    assertTrue(said.contains("DEFCoN tuning, report: " + output.resolve("report.html")), said);
    assertTrue(Files.exists(output.resolve("report.html")));
    assertTrue(image.changes);
    assertSame(info, image.getOriginalFileInfo());
    TrainingSummary last = last();
    assertTrue(last.getTuning());
    assertFalse(Files.exists(Paths.get(last.getSet())), "the copy is deleted");
    try (Connection connection = daemon.client().connect()) {
      ModelInfo first = connection.models().get(0);
      // A few seconds of training may or may not give a better model. Both outcomes are valid.
      if (error.isEmpty()) {
        assertEquals("recording-tuned", first.name());
        assertTrue(first.isDefault());
        connection.library().setDefault("defcon");
      } else {
        assertTrue(error.contains("It was not installed."), error);
        assertNotEquals("recording-tuned", first.name());
      }
    }
  }

  @Test
  @DisplayName("Esc ends a tuning that has learnt nothing yet, and nothing is kept")
  void cancels() throws Exception {
    open(stack);
    AtomicBoolean done = new AtomicBoolean();
    Thread finger = new Thread(() -> {
      while (!done.get()) {
        if (isRunning("cut")) IJ.setKeyDown(KeyEvent.VK_ESCAPE);
        IJ.wait(20);
      }
    });
    finger.start();
    MacroThread.run(new TuneCommand(), "minutes=1000 name=cut");
    done.set(true);
    finger.join();
    assertEquals("The tuning of cut was cancelled before it had learnt anything. Nothing was kept.", error());
    assertFalse(Files.exists(daemon.home().resolve("tunings").resolve("cut")));
    assertFalse(Files.exists(Paths.get(last().getSet())), "the copy is deleted");
  }

  private static boolean isRunning(String name) {
    try (Connection connection = daemon.client().connect()) {
      for (TrainingSummary each : connection.trainings())
        if (each.getName().equals(name) && each.getState() == TrainingState.RUNNING) return true;
      return false;
    } catch (WireException none) {
      return false;
    }
  }

  @Test
  @DisplayName("what cannot be tuned to is refused with its reason: no image, one frame, colours, a stack without molecules")
  void refusesImages() throws Exception {
    MacroThread.run(new TuneCommand(), "name=none");
    String none = error();
    assertTrue(none.contains("Tune to my data...: expected a stack of raw frames, found no image."), none);
    inFront(IJ.createImage("one", "16-bit black", 64, 64, 1));
    MacroThread.run(new TuneCommand(), "name=none");
    String one = error();
    assertTrue(one.contains("found one frame in 'one'. Open the whole recording"), one);
    inFront(IJ.createImage("colours", "RGB black", 64, 64, 30));
    MacroThread.run(new TuneCommand(), "name=none");
    String colours = error();
    assertTrue(colours.contains("An RGB image has no single brightness"), colours);
    inFront(IJ.createImage("dark: a/b", "16-bit black", 64, 64, 30));
    MacroThread.run(new TuneCommand(), "name=none");
    String dark = error();
    assertTrue(dark.contains("The tuning of none ended: ") && dark.contains("dark_ a_b.tif: expected "), dark);
  }

  @Test
  @DisplayName("a wrong length, a name with a folder and a name that is taken are refused")
  void refusesOptions() throws Exception {
    open(stack);
    for (String minutes : new String[] {"0", "long"}) {
      MacroThread.run(new TuneCommand(), "minutes=" + minutes);
      String message = error();
      assertTrue(message.contains("minutes: expected a number from 0.01 upwards, found '" + minutes + "'"), message);
    }
    MacroThread.run(new TuneCommand(), "name=[a/b]");
    assertTrue(error().contains("expected a name without a folder, found 'a/b'"));
    MacroThread.run(new TuneCommand(), "name=defcon replace");
    String taken = error();
    assertTrue(taken.contains("model defcon: expected a name that is free"), taken);
  }

  @Test
  @DisplayName("a stack goes to the daemon as a copy of its raw values, deleted afterwards; a virtual one as the file that it is read from")
  void copies() throws Exception {
    ImagePlus image = open(stack);
    image.setTitle("my cells.ome.tif");
    Recording.OnDisk copy = Recording.inFront().onDisk();
    assertEquals("my cells.ome.tif", copy.file().getFileName().toString());
    ImagePlus read = IJ.openImage(copy.file().toString());
    assertEquals(image.getStackSize(), read.getStackSize());
    for (int slice = 1; slice <= read.getStackSize(); slice++)
      assertArrayEquals((short[]) image.getStack().getPixels(slice), (short[]) read.getStack().getPixels(slice));
    assertEquals(image.getCalibration().pixelWidth, read.getCalibration().pixelWidth, 1e-6);
    assertEquals(image.getCalibration().getUnit(), read.getCalibration().getUnit());
    copy.release();
    assertFalse(Files.exists(copy.file().getParent()));
    inFront(IJ.openVirtual(stack.toString()));
    Recording.OnDisk own = Recording.inFront().onDisk();
    assertEquals(stack, own.file());
    own.release();
    assertTrue(Files.exists(stack));
  }
}
