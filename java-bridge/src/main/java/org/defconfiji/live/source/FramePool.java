package org.defconfiji.live.source;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reuses arrays of pixels, so that a camera's frames need no new memory. */
final class FramePool {
  /** One array is filled, one waits, one is on its way and two are compared with the next frame. */
  private static final int MOST_KEPT = 5;

  private final Deque<Object> free = new ArrayDeque<>();

  /**
   * Copies pixels.
   *
   * @param pixels a byte[], short[] or float[]
   */
  Object copy(Object pixels) {
    int length = Array.getLength(pixels);
    Object copy = take(pixels.getClass(), length);
    if (copy == null) copy = Array.newInstance(pixels.getClass().getComponentType(), length);
    System.arraycopy(pixels, 0, copy, 0, length);
    return copy;
  }

  private synchronized Object take(Class<?> type, int length) {
    Object first = free.poll();
    if (first != null && first.getClass() == type && Array.getLength(first) == length) return first;
    // The image has another size or type now. The old arrays do not fit.
    free.clear();
    return null;
  }

  /** Takes back an array that nobody reads any more. */
  synchronized void give(Object pixels) {
    if (free.size() < MOST_KEPT) free.add(pixels);
  }
}
