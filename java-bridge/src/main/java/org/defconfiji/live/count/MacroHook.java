package org.defconfiji.live.count;

import ij.IJ;
import java.io.Closeable;
import java.io.File;
import java.util.Locale;
import java.util.Map;
import org.defconfiji.live.LiveCount;
import org.defconfiji.live.ThresholdState;

/**
 * Beeps and runs a macro when the watched value crosses a threshold.
 *
 * <p>It has a thread of its own, and only the newest crossing waits, so a macro may run long.
 */
final class MacroHook implements Closeable {
  private final boolean beep;
  private final String macro;
  private final Courier<LiveCount> courier;
  private volatile String trouble = "";

  /** @param macro the text of a macro or the path of its file; empty if there is none */
  MacroHook(boolean beep, String macro) {
    this.beep = beep;
    this.macro = macro;
    this.courier = new Courier<>("DEFCoN live hook", this::run);
  }

  void crossed(LiveCount count) {
    courier.send(count);
  }

  /** A message about the macro's error. Empty if all is well. */
  String trouble() {
    return trouble;
  }

  @Override
  public void close() {
    courier.close();
  }

  private void run(LiveCount count) {
    if (beep && count.state() != ThresholdState.NORMAL) IJ.beep();
    if (macro.isEmpty() || !trouble.isEmpty()) return;
    String argument = argument(count);
    String answer = new File(macro).isFile() ? IJ.runMacroFile(macro, argument) : IJ.runMacro(macro, argument);
    if ("[aborted]".equals(answer))
      trouble = "The threshold's macro ended with an error and is not run again. Correct it under Settings.";
  }

  /**
   * The text that the macro gets from getArgument().
   *
   * <p>For example "state=high count=12.3 max=1.1 slice=7 error=0.9 image=camera". The reason for
   * an unlike frame comes before the image: "unlike=[spots are out of focus]".
   */
  static String argument(LiveCount count) {
    StringBuilder text = new StringBuilder();
    text.append("state=").append(count.state().name().toLowerCase(Locale.ROOT));
    text.append(String.format(Locale.ROOT, " count=%.4f max=%.4f", count.count(), count.maxLocalCount()));
    text.append(" slice=").append(count.slice());
    if (!Double.isNaN(count.countError())) text.append(String.format(Locale.ROOT, " error=%.4f", count.countError()));
    for (Map.Entry<String, Double> roi : count.rois().entrySet())
      text.append(String.format(Locale.ROOT, " roi[%s]=%.4f", roi.getKey(), roi.getValue()));
    if (!count.unlike().isEmpty()) text.append(" unlike=[").append(count.unlike()).append(']');
    return text.append(" image=").append(count.image()).toString();
  }
}
