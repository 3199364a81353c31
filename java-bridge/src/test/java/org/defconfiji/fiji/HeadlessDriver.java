package org.defconfiji.fiji;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.measure.ResultsTable;

/**
 * Runs the density command without a screen and prints the result. Arguments: the stack, the model.
 *
 * <p>It runs in a process of its own that has the plugin only in its plugins folder. The options do
 * not come from a macro, because without Fiji ImageJ has no menus there. They reach the command the
 * same way.
 */
public final class HeadlessDriver {
  private HeadlessDriver() {}

  public static void main(String[] arguments) {
    Thread.currentThread().setName("Run$_macro");
    Macro.setOptions("load=[" + arguments[1] + "]");
    WindowManager.setTempCurrentImage(IJ.openImage(arguments[0]));
    IJ.runPlugIn("org.defconfiji.command.DensityMapCommand", "");
    ImagePlus density = WindowManager.getCurrentImage();
    System.out.println("image " + density.getTitle());
    System.out.println("frames " + density.getStackSize());
    System.out.println("exact " + ResultsTable.getResultsTable().getValue("Exact count", 0));
    System.exit(0);
  }
}
