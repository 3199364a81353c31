package org.defconfiji.train;

import ij.gui.Plot;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import org.defconfiji.protocol.EpochRecord;

/** Plots both losses of a stage over its epochs. */
final class LossPlot {
  private static final int WIDTH = 340;
  private static final int HEIGHT = 230;
  private static final Color TRAINING = new Color(0x1F, 0x77, 0xB4);
  private static final Color VALIDATION = new Color(0xD6, 0x5F, 0x00);

  private LossPlot() {}

  /** @param stage the name of the stage; empty before the first epoch */
  static BufferedImage of(String stage, List<EpochRecord> epochs) {
    double[] x = new double[epochs.size()];
    double[] training = new double[epochs.size()];
    double[] validation = new double[epochs.size()];
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < x.length; i++) {
      x[i] = epochs.get(i).getEpoch();
      training[i] = epochs.get(i).getLoss();
      validation[i] = epochs.get(i).getValidationLoss();
      least = Math.min(least, Math.min(training[i], validation[i]));
      most = Math.max(most, Math.max(training[i], validation[i]));
    }
    Plot plot = new Plot(stage, stage.isEmpty() ? "epoch" : stage + ", epoch", "loss");
    plot.setSize(WIDTH, HEIGHT);
    double margin = most > least ? 0.05 * (most - least) : Math.max(1e-6, 0.05 * Math.abs(most));
    if (x.length == 0) plot.setLimits(0.5, 2.5, 0, 1);
    else plot.setLimits(0.5, Math.max(2, x[x.length - 1]) + 0.5, least - margin, most + margin);
    draw(plot, x, training, TRAINING, Plot.CIRCLE);
    draw(plot, x, validation, VALIDATION, Plot.BOX);
    plot.setColor(Color.BLACK);
    // Each series is a line and its symbols. The empty names keep the symbols out of the legend.
    plot.setLegend("training\n\nvalidation\n", Plot.AUTO_POSITION);
    return plot.getProcessor().getBufferedImage();
  }

  /**
   * Draws a series. Series differ in symbol and colour, so that colour is not needed to tell them
   * apart.
   */
  private static void draw(Plot plot, double[] x, double[] y, Color colour, int sign) {
    plot.setColor(colour);
    plot.setLineWidth(2);
    plot.addPoints(x, y, Plot.LINE);
    plot.addPoints(x, y, sign);
  }
}
