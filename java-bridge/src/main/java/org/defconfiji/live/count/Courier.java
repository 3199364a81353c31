package org.defconfiji.live.count;

import ij.IJ;
import java.io.Closeable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Hands objects to a receiver on a thread of its own. Only the newest object waits. */
public final class Courier<T> implements Closeable {
  private final AtomicReference<T> waiting = new AtomicReference<>();
  private final Consumer<T> receiver;
  private final Thread thread;
  private volatile boolean closed;
  private boolean failedBefore;

  /** @param name the name of the thread */
  public Courier(String name, Consumer<T> receiver) {
    this.receiver = receiver;
    this.thread = new Thread(this::deliver, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands over an object. Replaces one that still waits. Never blocks. */
  public void send(T thing) {
    waiting.set(thing);
    LockSupport.unpark(thread);
  }

  /** Ends the thread. A waiting object is dropped. A delivery under way is not interrupted. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void deliver() {
    while (!closed) {
      T thing = waiting.getAndSet(null);
      if (thing == null) LockSupport.park(this);
      else deliver(thing);
    }
  }

  /** Delivers an object. Only the first failure of the receiver is reported, not every one. */
  private void deliver(T thing) {
    try {
      receiver.accept(thing);
    } catch (RuntimeException failed) {
      if (!failedBefore) IJ.handleException(failed);
      failedBefore = true;
    }
  }
}
