package org.defconfiji.original;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.measure.ResultsTable;

/**
 * A macro in an ImageJ that has the original plugin, in a process of its own: opens a stack, runs both of the plugin's
 * commands on it and prints what their tables say, a value a line. Arguments: the stack, the folders of the models for
 * density maps and for max local counts.
 */
public final class MenuDriver {
  private MenuDriver() {}

  public static void main(String[] arguments) {
    try {
      new ImageJ(ImageJ.STANDALONE);
      // ImageJ would show a command's exception in a window, where nobody reads it.
      IJ.setExceptionHandler(Throwable::printStackTrace);
      ImagePlus stack = IJ.openImage(arguments[0]);
      stack.show();
      IJ.run(stack, "Density map...", "path=[" + arguments[1] + "]");
      System.out.println("maps " + WindowManager.getImage("Density map").getStackSize());
      print("Fluorophore count", "Rounded count", "Exact count");
      IJ.run(stack, "Maximum local count...", "path=[" + arguments[2] + "]");
      print("Maximum local count", "Max local count (7x7)");
    } catch (Throwable trouble) {
      trouble.printStackTrace();
    }
    // ImageJ's windows would keep the process alive.
    Runtime.getRuntime().halt(0);
  }

  private static void print(String title, String... columns) {
    ResultsTable table = ResultsTable.getResultsTable(title);
    for (int row = 0; row < table.size(); row++)
      for (String column : columns) System.out.println(column + " " + table.getValue(column, row));
  }
}
