package org.defconfiji.ui;

import java.awt.Component;
import javax.swing.JOptionPane;

/** Message boxes and questions. Runs on the event thread. */
public final class Messages {
  private static final String TITLE = "DEFCoN";

  private Messages() {}

  /** Shows an error message. */
  public static void error(Component over, String sentence) {
    JOptionPane.showMessageDialog(over, Wrapped.text(sentence), TITLE, JOptionPane.ERROR_MESSAGE);
  }

  /** Tells something that is no error. */
  public static void tell(Component over, String sentence) {
    JOptionPane.showMessageDialog(over, Wrapped.text(sentence), TITLE, JOptionPane.INFORMATION_MESSAGE);
  }

  /**
   * Asks a question.
   *
   * @return whether the user agrees
   */
  public static boolean agrees(Component over, String question) {
    int answer =
        JOptionPane.showConfirmDialog(over, Wrapped.text(question), TITLE, JOptionPane.OK_CANCEL_OPTION);
    return answer == JOptionPane.OK_OPTION;
  }

  /**
   * Asks for a text.
   *
   * @return the text, or null if the user cancelled
   */
  public static String ask(Component over, String question, String suggestion) {
    Object answer =
        JOptionPane.showInputDialog(
            over, Wrapped.text(question), TITLE, JOptionPane.PLAIN_MESSAGE, null, null, suggestion);
    return answer == null ? null : answer.toString().trim();
  }
}
