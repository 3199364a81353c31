package org.defconfiji.ui;

import java.awt.Component;
import javax.swing.JOptionPane;

/** Boxes over a window that tell and ask; of the event thread. */
public final class Messages {
  private static final String TITLE = "DEFCoN";

  private Messages() {}

  public static void error(Component over, String sentence) {
    JOptionPane.showMessageDialog(over, Wrapped.text(sentence), TITLE, JOptionPane.ERROR_MESSAGE);
  }

  /** @return whether the user agrees */
  public static boolean agrees(Component over, String question) {
    int answer =
        JOptionPane.showConfirmDialog(over, Wrapped.text(question), TITLE, JOptionPane.OK_CANCEL_OPTION);
    return answer == JOptionPane.OK_OPTION;
  }

  /** @return what the user wrote, or null */
  public static String ask(Component over, String question, String suggestion) {
    Object answer =
        JOptionPane.showInputDialog(
            over, Wrapped.text(question), TITLE, JOptionPane.PLAIN_MESSAGE, null, null, suggestion);
    return answer == null ? null : answer.toString().trim();
  }
}
