package org.defconfiji.live;

import java.awt.EventQueue;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches the event thread: its processor time, and whether the plugin's own code makes it wait.
 *
 * <p>Neither depends on how busy the machine is. The time until the thread answers does.
 */
public final class EventProbe implements AutoCloseable {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final AtomicLong longest = new AtomicLong();
  private final AtomicLong mostCpu = new AtomicLong();
  private final Thread thread = new Thread(this::ask, "event probe");
  private volatile long eventThread;
  private volatile String waited = "";
  private volatile boolean closed;

  public EventProbe() throws Exception {
    EventQueue.invokeAndWait(() -> eventThread = Thread.currentThread().getId());
    thread.setDaemon(true);
    thread.start();
  }

  /** Forgets what was seen so far. */
  public void forget() {
    longest.set(0);
    mostCpu.set(0);
    waited = "";
  }

  /** The longest time until the event thread answered a call, ms. */
  public double longestMs() {
    return longest.get() / 1e6;
  }

  /** The most processor time that the event thread used before it answered a call, ms. */
  public double mostCpuMs() {
    return mostCpu.get() / 1e6;
  }

  /**
   * The stack of the event thread while it waited in the plugin's own code. Empty if it never did.
   */
  public String waited() {
    return waited;
  }

  private void ask() {
    while (!closed) {
      long asked = System.nanoTime();
      long cpu = THREADS.getThreadCpuTime(eventThread);
      EventQueue.invokeLater(
          () -> {
            longest.accumulateAndGet(System.nanoTime() - asked, Math::max);
            mostCpu.accumulateAndGet(THREADS.getCurrentThreadCpuTime() - cpu, Math::max);
          });
      look(THREADS.getThreadInfo(eventThread, Integer.MAX_VALUE));
      try {
        Thread.sleep(20);
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  /**
   * Looks for a wait that the plugin itself asked for. Swing's waits for its own locks do not
   * count.
   */
  private void look(ThreadInfo info) {
    if (info == null) return;
    Thread.State state = info.getThreadState();
    if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) return;
    for (StackTraceElement frame : info.getStackTrace()) {
      if (frame.getClassName().matches("(java\\.lang|java\\.util|jdk\\.internal|sun\\.misc)\\..*")) continue;
      if (frame.getClassName().startsWith("org.defconfiji.")) waited = info.toString();
      return;
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
