package org.defconfiji.command;

import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.ResultsTable;
import java.awt.GraphicsEnvironment;
import java.util.List;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.Frames;
import org.defconfiji.command.ui.CertaintyColumns;
import org.defconfiji.command.ui.CountTable;
import org.defconfiji.command.ui.DensityImage;

/** Plugins > DEFCoN > Density map...: a density map and a count for each frame. */
public final class DensityMapCommand extends CountCommand {
  private static final String[] COLUMNS = {"Rounded count", "Exact count"};

  public DensityMapCommand() {
    super("Density map", true, false);
  }

  @Override
  void show(ImagePlus image, Frames frames, List<CountedFrame> counted, int pool) {
    present(DensityImage.of(image, frames, counted));
    CountTable table = new CountTable(ResultsTable.getResultsTable());
    CertaintyColumns certainty = CertaintyColumns.ofCounts(counted);
    for (int frame = 0; frame < counted.size(); frame++) {
      double count = counted.get(frame).count();
      table.addRow(frames.rowLabel(frame), COLUMNS, new double[] {Math.round(count), count});
      certainty.fill(table, counted.get(frame));
    }
    table.show();
  }

  /** Shows an image. Without a screen and a macro, it becomes the current image of this thread. */
  private static void present(ImagePlus image) {
    if (GraphicsEnvironment.isHeadless() && !IJ.isMacro()) WindowManager.setTempCurrentImage(image);
    else image.show();
  }
}
