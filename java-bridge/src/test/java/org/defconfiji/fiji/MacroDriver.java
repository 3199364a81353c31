package org.defconfiji.fiji;

import ij.IJ;
import ij.Macro;

/**
 * A recorded command without a screen, in a process of its own that has the plugin in its plugins folder alone. (A
 * macro's run() needs menus, which ImageJ without Fiji's patches cannot lay out there; the options reach the command in
 * the same way.) Arguments: the command's class, its options. What ImageJ's log gets is printed.
 */
public final class MacroDriver {
  private MacroDriver() {}

  public static void main(String[] arguments) {
    Thread.currentThread().setName("Run$_macro");
    Macro.setOptions(arguments[1]);
    IJ.runPlugIn(arguments[0], "");
    System.exit(0);
  }
}
