package org.defconfiji.live.count;

import ij.IJ;
import java.io.Closeable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Hands things to a receiver on a thread of its own, with at most one waiting: a newer one takes its place. */
public final class Courier<T> implements Closeable {
  private final AtomicReference<T> waiting = new AtomicReference<>();
  private final Consumer<T> receiver;
  private final Thread thread;
  private volatile boolean closed;
  private boolean failedBefore;

  public Courier(String name, Consumer<T> receiver) {
    this.receiver = receiver;
    this.thread = new Thread(this::deliver, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Never waits. */
  public void send(T thing) {
    waiting.set(thing);
    LockSupport.unpark(thread);
  }

  /** What waits is not delivered; what is being delivered is not interrupted. */
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

  /** A receiver that fails gets the next thing all the same; it is told of once, not a hundred times a second. */
  private void deliver(T thing) {
    try {
      receiver.accept(thing);
    } catch (RuntimeException failed) {
      if (!failedBefore) IJ.handleException(failed);
      failedBefore = true;
    }
  }
}
