package org.defconfiji.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import java.awt.event.KeyEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.defconfiji.MacroThread;
import org.defconfiji.Repository;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulationPlan;
import org.defconfiji.SpotStack;
import org.defconfiji.protocol.TrainingSummary;
import org.defconfiji.wire.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class TrainTest {
  @TempDir static Path home;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> home);

  @TempDir Path folder;

  @BeforeAll
  static void find() {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
    System.setProperty("defcon.fiji.command", "node " + Repository.SCRIPT);
  }

  @AfterAll
  static void forget() {
    System.clearProperty("defcon.fiji.home");
    System.clearProperty("defcon.fiji.command");
  }

  private static String error() {
    String message = IJ.getErrorMessage();
    return message == null ? null : message.replace('\n', ' ');
  }

  @Test
  @DisplayName("a macro makes a set of a stack and its table, trains on it, and uses the model; resumed it is there already")
  void trains() throws Exception {
    SpotStack spots = SpotStack.write(folder, 20);
    String given = "stack=[" + spots.stack() + "] truth=[" + spots.truth() + "] name=spots epochs=2 batch=4 patience=5";
    String said = MacroThread.run(new TrainCommand(), given + " use");
    assertNull(error());
    assertTrue(said.contains("DEFCoN training, segmentation epoch 1: loss "), said);
    assertTrue(said.contains("DEFCoN training, density epoch 2: loss "), said);
    Path output = daemon.home().resolve("trainings").resolve("spots");
    assertTrue(Files.exists(output.resolve("spots.onnx")));
    assertFalse(Files.exists(output.resolve("training-set-parts.h5")));
    try (Connection connection = daemon.client().connect()) {
      assertEquals("spots", connection.models().get(0).name());
      assertTrue(connection.models().get(0).isDefault());
    }
    MacroThread.run(new TrainCommand(), given);
    assertTrue(error().contains("expected a folder without a training, found one"));
  }

  @Test
  @DisplayName("a table of other columns, unit and first frame is read as the fields say; without them its trouble is told by their names")
  void readsOtherTables() throws Exception {
    SpotStack spots = SpotStack.write(folder, 10);
    Path table = spots.otherTable(folder);
    String given = "stack=[" + spots.stack() + "] truth=[" + table + "] epochs=1 batch=4 pixel=100 unit=nm";
    MacroThread.run(new TrainCommand(), given + " name=nameless");
    String columns = error();
    assertTrue(columns.contains("'Columns of the table' frame=NAME,x=NAME,y=NAME"), columns);
    String named = given + " columns=[frame=t,x=left,y=top]";
    MacroThread.run(new TrainCommand(), named + " name=early");
    String frames = error();
    assertTrue(frames.contains("expected a frame from 1 to 10, found 0"), frames);
    assertTrue(frames.contains("say 'Frames numbered from' 0"), frames);
    String right = MacroThread.run(new TrainCommand(), named + " frames=0 origin=corner name=other");
    assertNull(error());
    assertFalse(right.contains("warning"), right);
    assertTrue(Files.exists(daemon.home().resolve("trainings").resolve("other").resolve("other.onnx")));
    MacroThread.run(new TrainCommand(), named + " frames=-1 name=wrong");
    assertTrue(error().contains("frames: expected a number from 0 upwards, found '-1'"));
    MacroThread.run(new TrainCommand(), named + " origin=middle name=wrong");
    String origin = error();
    assertTrue(origin.contains("'Origin of positions'") && origin.contains("corner, centre"), origin);
  }

  @Test
  @DisplayName("Esc ends a training with a checkpoint, and 'resume' goes on from there with the same set")
  void resumes() throws Exception {
    SpotStack spots = SpotStack.write(folder, 20);
    String options =
        "stack=[" + spots.stack() + "] truth=[" + spots.truth() + "] name=long epochs=5000 batch=4 patience=5000";
    Path output = daemon.home().resolve("trainings").resolve("long");
    for (String resume : new String[] {"", " resume"}) {
      AtomicInteger epochs = new AtomicInteger();
      AtomicBoolean done = new AtomicBoolean();
      Thread finger = new Thread(() -> {
        // A checkpoint is written after each epoch.
        FileTime last = null;
        while (!done.get()) {
          FileTime now = time(output.resolve("checkpoint.h5"));
          if (now != null && !now.equals(last)) epochs.incrementAndGet();
          last = now;
          if (epochs.get() > 2) IJ.setKeyDown(KeyEvent.VK_ESCAPE);
          IJ.wait(20);
        }
      });
      finger.start();
      String said = MacroThread.run(new TrainCommand(), options + resume);
      done.set(true);
      finger.join();
      IJ.resetEscape();
      String message = error();
      assertTrue(message.contains("The training of long was cancelled. To continue it"), message);
      assertTrue(said.contains(": loss "), said);
      assertEquals(resume.isEmpty(), said.contains("segmentation epoch 1: loss "), said);
      assertFalse(Files.exists(output.resolve("long.onnx")));
    }
  }

  @Test
  @DisplayName("a macro trains by a plan of simulated frames, without a stack, a table or a set, for its minutes")
  void simulates() throws Exception {
    Path plan = SimulationPlan.write(folder);
    String given = "plan=[" + plan + "] minutes=0.01 batch=4 name=simulated";
    // A training from a plan ignores epochs and patience.
    String said = MacroThread.run(new TrainCommand(), given + " epochs=none patience=none use");
    assertNull(error());
    assertTrue(said.contains("DEFCoN training, both epoch 1: loss "), said);
    Path output = daemon.home().resolve("trainings").resolve("simulated");
    assertTrue(Files.exists(output.resolve("simulated.onnx")));
    assertFalse(Files.exists(output.resolve("training-set.h5")));
    try (Connection connection = daemon.client().connect()) {
      assertEquals("simulated", connection.models().get(0).name());
      List<TrainingSummary> trainings = connection.trainings();
      assertEquals(plan.toString(), trainings.get(trainings.size() - 1).getSet());
    }
    MacroThread.run(new TrainCommand(), given);
    assertTrue(error().contains("expected a folder without a training, found one"));
    MacroThread.run(new TrainCommand(), given + " resume");
    assertNull(error());
  }

  @Test
  @DisplayName("a plan beside frames of the user's own, a wrong length and a plan that is none are refused, each by its name")
  void refusesPlans() throws Exception {
    String plan = "plan=[" + SimulationPlan.write(folder) + "] name=refused";
    for (String other : new String[] {"stack", "truth", "set"}) {
      MacroThread.run(new TrainCommand(), plan + " " + other + "=x");
      String message = error();
      assertTrue(message.contains("found plan= and " + other + "=. Leave one of them out"), message);
    }
    for (String minutes : new String[] {"0", "-1", "long", "NaN"}) {
      MacroThread.run(new TrainCommand(), plan + " minutes=" + minutes);
      String message = error();
      assertTrue(
          message.contains("minutes: expected a number from 0.01 upwards, found '" + minutes + "'"), message);
    }
    MacroThread.run(new TrainCommand(), "plan=[" + folder.resolve("none.json") + "] name=none");
    String missing = error();
    assertTrue(missing.contains("none.json: expected the plan of a simulated training set (JSON)"), missing);
    MacroThread.run(new TrainCommand(), "plan=[" + Repository.RANDOM_MODEL + "] name=no_plan");
    String wrong = error();
    assertTrue(wrong.contains("random_defcon.h5: expected the plan of a simulated training set (JSON)"), wrong);
    MacroThread.run(new TrainCommand(), "name=forgotten resume");
    String forgotten = error();
    assertTrue(forgotten.contains("training-set.h5") && forgotten.contains("and its plan or set"), forgotten);
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException none) {
      return null;
    }
  }

  @Test
  @DisplayName("what the program says of a table or a stack is shown in its own words")
  void refused() throws Exception {
    SpotStack spots = SpotStack.write(folder, 4);
    Path truth = folder.resolve("wrong.csv");
    Files.write(truth, "frame,left,top\n1,2,3\n".getBytes(StandardCharsets.UTF_8));
    MacroThread.run(new TrainCommand(), "stack=[" + spots.stack() + "] truth=[" + truth + "] name=wrong");
    String message = error();
    assertTrue(message.contains("wrong.csv") && message.contains("DATASET_TRUTH"), message);
    MacroThread.run(new TrainCommand(), "stack=[" + spots.stack() + "] name=untold");
    assertTrue(error().contains("expected the emitters in the stack"));
    MacroThread.run(new TrainCommand(), "set=[" + folder.resolve("none.h5") + "] name=none");
    assertTrue(error().contains("none.h5"));
    MacroThread.run(new TrainCommand(), "set=x name=[a/b]");
    assertTrue(error().contains("expected a name without a folder, found 'a/b'"));
    MacroThread.run(new TrainCommand(), "set=x name=far initial=nothing_there");
    assertTrue(error().contains("expected none or one of"));
  }
}
