package org.defconfiji.fiji;

import ij.IJ;
import ij.Macro;

/**
 * Runs a recorded command without a screen. Arguments: the class of the command, its options.
 *
 * <p>It prints what ImageJ's log gets. It runs in a process of its own that has the plugin only in
 * its plugins folder. The options do not come from a macro, because without Fiji ImageJ has no
 * menus there. They reach the command the same way.
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
