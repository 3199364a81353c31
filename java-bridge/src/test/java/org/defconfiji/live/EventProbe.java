package org.defconfiji.live;

import java.awt.EventQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Calls the event thread every 20 ms and remembers the longest wait for an answer. */
public final class EventProbe implements AutoCloseable {
  private final AtomicLong longest = new AtomicLong();
  private final Thread thread = new Thread(this::ask, "event probe");
  private volatile boolean closed;

  public EventProbe() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Forgets the waits so far. */
  public void forget() {
    longest.set(0);
  }

  public double longestMs() {
    return longest.get() / 1e6;
  }

  private void ask() {
    while (!closed) {
      long asked = System.nanoTime();
      EventQueue.invokeLater(() -> longest.accumulateAndGet(System.nanoTime() - asked, Math::max));
      try {
        Thread.sleep(20);
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
