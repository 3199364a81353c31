package org.defconfiji.fiji;

import ij.IJ;
import java.awt.Button;
import java.awt.Toolkit;
import java.awt.event.ActionEvent;
import java.util.function.BooleanSupplier;

/** What the programs that drive ImageJ on a screen have in common. */
final class Driving {
  private final int patienceMs;

  /** @param patienceMs longest wait for anything, ms */
  Driving(int patienceMs) {
    this.patienceMs = patienceMs;
  }

  /** Waits until something is there. */
  void until(String what, BooleanSupplier there) {
    long deadline = System.currentTimeMillis() + patienceMs;
    while (!there.getAsBoolean()) {
      if (System.currentTimeMillis() > deadline) throw new IllegalStateException("waited in vain for " + what);
      IJ.wait(50);
    }
  }

  /**
   * Presses a button by its event. Without a window manager, mouse clicks get lost now and then.
   */
  static void press(Button button) {
    ActionEvent event = new ActionEvent(button, ActionEvent.ACTION_PERFORMED, button.getActionCommand());
    Toolkit.getDefaultToolkit().getSystemEventQueue().postEvent(event);
  }
}
