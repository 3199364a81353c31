package org.defconfiji.command;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.List;
import org.defconfiji.command.count.CountedFrame;
import org.defconfiji.command.count.Frames;
import org.defconfiji.command.ui.CertaintyColumns;
import org.defconfiji.command.ui.CountTable;

/**
 * Plugins > DEFCoN > Maximum local count...: most molecules in any small square, for each frame.
 */
public final class MaximumLocalCountCommand extends CountCommand {
  public MaximumLocalCountCommand() {
    super("Maximum local count", false, true);
  }

  @Override
  void show(ImagePlus image, Frames frames, List<CountedFrame> counted, int pool) {
    String[] column = {"Max local count (" + pool + "x" + pool + ")"};
    CountTable table = new CountTable(ResultsTable.getResultsTable());
    CertaintyColumns certainty = CertaintyColumns.ofMaxLocalCounts(counted);
    for (int frame = 0; frame < counted.size(); frame++) {
      table.addRow(frames.rowLabel(frame), column, new double[] {counted.get(frame).maxLocalCount()});
      certainty.fill(table, counted.get(frame));
    }
    table.show();
  }
}
