package org.defconfiji.options;

import ij.plugin.frame.Recorder;

/** Writes commands as ImageJ's recorder does, for windows that record their own actions. */
public final class MacroText {
  private MacroText() {}

  /** A value as it stands after its key. It gets brackets if it contains spaces. */
  public static String value(String text) {
    String fixed = Recorder.fixPath(text);
    return fixed.contains(" ") || fixed.isEmpty() ? "[" + fixed + "]" : fixed;
  }

  /**
   * A line that runs a command.
   *
   * @param options may be empty
   */
  public static String call(String command, String options) {
    String prefix = Recorder.scriptMode() ? "IJ." : "";
    String escaped = options.replace("\"", "\\\"");
    return prefix + "run(\"" + command + "\"" + (options.isEmpty() ? "" : ", \"" + escaped + "\"") + ");\n";
  }
}
