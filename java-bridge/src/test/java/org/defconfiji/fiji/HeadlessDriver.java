package org.defconfiji.fiji;

import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.WindowManager;
import ij.measure.ResultsTable;

/**
 * The density command without a screen, in a process of its own that has the plugin in its plugins folder alone. (A
 * macro's run() needs menus, which ImageJ without Fiji's patches cannot lay out there; the options reach the command in
 * the same way.) Arguments: the stack, the model. Prints what it found.
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
