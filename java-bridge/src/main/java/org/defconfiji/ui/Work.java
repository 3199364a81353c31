package org.defconfiji.ui;

import java.util.function.Consumer;
import javax.swing.SwingUtilities;
import org.defconfiji.DefconException;

/** Work that may wait, for windows: done on a thread of its own, its outcome shown on the event thread. */
public final class Work {
  /** Something that takes its time. */
  public interface Task<T> {
    T run() throws Exception;
  }

  private Work() {}

  /**
   * Begins the work at once and returns.
   *
   * @param done told its result, on the event thread
   * @param failed told why there is none, a sentence for a person, on the event thread
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
