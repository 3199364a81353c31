package org.defconfiji.live.count;

import ij.IJ;
import java.io.File;
import java.util.Locale;
import org.defconfiji.control.ControlStep;

/**
 * Runs a macro when the output or the state of a control changes.
 *
 * <p>It has a thread of its own, and only the newest change waits, so a macro may run long. The
 * thread ends after the last step of the control.
 */
final class ControlMacro {
  private final String macro;
  private final Courier<ControlStep> courier;
  private String before = "";
  private volatile String trouble = "";

  /** @param macro the text of a macro or the path of its file; empty if there is none */
  ControlMacro(String macro) {
    this.macro = macro;
    this.courier = macro.isEmpty() ? null : new Courier<>("DEFCoN live control macro", this::run);
  }

  void tell(ControlStep step) {
    if (courier != null) courier.send(step);
  }

  /** A message about the macro's error. Empty if all is well. */
  String trouble() {
    return trouble;
  }

  private void run(ControlStep step) {
    String argument = argument(step);
    if (!argument.equals(before) && trouble.isEmpty()) {
      before = argument;
      String answer = new File(macro).isFile() ? IJ.runMacroFile(macro, argument) : IJ.runMacro(macro, argument);
      if ("[aborted]".equals(answer))
        trouble = "The control's macro ended with an error and is not run again. The light is as it left it.";
    }
    if (LiveControl.isEnd(step)) courier.close();
  }

  /** The text that the macro gets from getArgument(): "output=12.5000 state=holding". */
  static String argument(ControlStep step) {
    String reason = step.reason().isEmpty() ? "" : " reason=[" + step.reason() + "]";
    return String.format(Locale.ROOT, "output=%.4f state=%s%s", step.output(), step.state().key(), reason);
  }
}
