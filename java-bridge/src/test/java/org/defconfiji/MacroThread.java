package org.defconfiji;

import ij.IJ;
import ij.Macro;
import ij.plugin.PlugIn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Runs a command as a macro does, in ImageJ without a screen. */
public final class MacroThread {
  private MacroThread() {}

  /**
   * Runs a command.
   *
   * @return what ImageJ printed; without a screen, its log and its messages go there
   */
  public static String run(PlugIn command, String options) throws Exception {
    String name = Thread.currentThread().getName();
    // ImageJ gives macro options only to threads with this name.
    Thread.currentThread().setName("Run$_test");
    Macro.setOptions(options);
    IJ.getErrorMessage();
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, "UTF-8"));
    try {
      command.run("");
    } finally {
      System.setOut(console);
      Macro.setOptions(null);
      Thread.currentThread().setName(name);
    }
    return printed.toString("UTF-8");
  }
}
