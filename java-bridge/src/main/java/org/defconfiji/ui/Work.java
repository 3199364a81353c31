package org.defconfiji.ui;

import java.util.function.Consumer;
import javax.swing.SwingUtilities;
import org.defconfiji.DefconException;

/** Runs slow work on a thread of its own and shows its outcome on the event thread. */
public final class Work {
  /** Work that may take long. */
  public interface Task<T> {
    T run() throws Exception;
  }

  private Work() {}

  /**
   * Starts the work and returns at once.
   *
   * @param done receives the result on the event thread
   * @param failed receives the error message on the event thread
   */
  public static <T> void begin(String name, Task<T> task, Consumer<T> done, Consumer<String> failed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                T result = task.run();
                SwingUtilities.invokeLater(() -> done.accept(result));
              } catch (DefconException expected) {
                SwingUtilities.invokeLater(() -> failed.accept(expected.getMessage()));
              } catch (Exception fault) {
                SwingUtilities.invokeLater(() -> failed.accept(fault.toString()));
              }
            },
            "DEFCoN " + name);
    thread.setDaemon(true);
    thread.start();
  }
}
