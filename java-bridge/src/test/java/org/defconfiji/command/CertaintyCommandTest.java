package org.defconfiji.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.OvalRoi;
import ij.measure.ResultsTable;
import ij.plugin.PlugIn;
import java.nio.file.Path;
import org.defconfiji.MacroThread;
import org.defconfiji.SharedDaemon;
import org.defconfiji.SimulatedStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The certainty that the commands report, with the shipped model. */
@Timeout(120)
class CertaintyCommandTest {
  /** One odd frame in a stack may be judged differently. */
  private static final int MOST = SimulatedStack.FRAMES - 1;

  @TempDir static Path folder;
  @RegisterExtension static final SharedDaemon daemon = new SharedDaemon(() -> folder);

  @TempDir Path frames;
  private ImagePlus image;

  @BeforeEach
  void simulate() throws Exception {
    System.setProperty("defcon.fiji.home", daemon.home().toString());
    ResultsTable.getResultsTable().reset();
    image = SimulatedStack.usual(frames);
  }

  @AfterEach
  void forget() {
    WindowManager.setTempCurrentImage(null);
    System.clearProperty("defcon.fiji.home");
  }

  private String run(PlugIn command) throws Exception {
    WindowManager.setTempCurrentImage(image);
    return MacroThread.run(command, "");
  }

  private static ResultsTable table() {
    return ResultsTable.getResultsTable();
  }

  /** The number of rows whose reason begins with a text. */
  private static int reasons(String beginning) {
    int rows = 0;
    for (int row = 0; row < table().getCounter(); row++)
      if (table().getStringValue("Unlike training", row).startsWith(beginning)) rows++;
    return rows;
  }

  @Test
  @DisplayName("usual frames have an error and no reason, in the table and above the map; nothing is said")
  void usual() throws Exception {
    String said = run(new DensityMapCommand());
    assertEquals(
        "Label\tRounded count\tExact count\tCount error\tAway from spots\tUnlike training",
        table().getColumnHeadings().trim());
    int like = 0;
    for (int row = 0; row < SimulatedStack.FRAMES; row++) {
      double error = table().getValue("Count error", row);
      assertTrue(error > 0 && error < table().getValue("Exact count", row), "an error of " + error);
      double away = table().getValue("Away from spots", row);
      assertTrue(away >= 0 && away < 0.5, away + " away from spots");
      String reason = table().getStringValue("Unlike training", row);
      assertEquals(reason, IJ.runMacro("return getResultString('Unlike training', " + row + ");"));
      if (reason.isEmpty()) like++;
    }
    assertTrue(like >= MOST, like + " frames are like the training");
    String label = WindowManager.getCurrentImage().getStack().getSliceLabel(1);
    assertTrue(label.matches("\\d+\\.\\d ± \\d+\\.\\d molecules.*"), label);
    if (like == SimulatedStack.FRAMES) assertFalse(said.contains("unlike"), said);
  }

  @Test
  @DisplayName("saturated frames are told of with the reason, once in the log, and a macro goes on")
  void saturated() throws Exception {
    SimulatedStack.saturate(image);
    image.getStack().setSliceLabel("first", 1);
    String said = run(new DensityMapCommand());
    String reason = "the brightest pixels are cut off";
    assertTrue(reasons(reason) >= MOST, said);
    assertTrue(said.contains("DEFCoN, 'frames.tif': "), said);
    assertTrue(said.contains("of 8 frames are unlike those that the model was trained on: " + reason), said);
    String[] label = WindowManager.getCurrentImage().getStack().getSliceLabel(1).split("\n");
    assertEquals("first", label[0]);
    assertTrue(label[1].contains(" molecules"), label[1]);
  }

  @Test
  @DisplayName("the max local count has its own error; a later command without one leaves empty cells")
  void maxLocalCount() throws Exception {
    run(new MaximumLocalCountCommand());
    assertEquals(
        "Label\tMax local count (7x7)\tMax local count error\tAway from spots\tUnlike training",
        table().getColumnHeadings().trim());
    assertTrue(table().getValue("Max local count error", 0) > 0);
    run(new DensityMapCommand());
    int row = SimulatedStack.FRAMES;
    assertTrue(Double.isNaN(table().getValue("Max local count error", row)));
    assertTrue(Double.isNaN(table().getValue("Count error", 0)));
    assertTrue(table().getValue("Count error", row) > 0);
  }

  @Test
  @DisplayName("pixels of another size than in the training are a reason, where the image is calibrated")
  void pixelSize() throws Exception {
    image.getCalibration().setUnit("um");
    image.getCalibration().pixelWidth = image.getCalibration().pixelHeight = 0.5;
    run(new DensityMapCommand());
    assertTrue(reasons("pixels of 500 nm, in the training") >= MOST);
  }

  @Test
  @DisplayName("of a rectangle there is an error; of an oval there is none, as its error is not that of its bounds")
  void selections() throws Exception {
    image.setRoi(10, 10, 70, 60);
    run(new DensityMapCommand());
    assertTrue(table().getValue("Count error", 0) > 0);
    table().reset();
    SimulatedStack.saturate(image);
    image.setRoi(new OvalRoi(10, 10, 70, 60));
    run(new DensityMapCommand());
    assertTrue(Double.isNaN(table().getValue("Count error", 0)));
    assertTrue(Double.isNaN(table().getValue("Away from spots", 0)));
    assertTrue(reasons("the brightest pixels are cut off") >= MOST);
  }
}
