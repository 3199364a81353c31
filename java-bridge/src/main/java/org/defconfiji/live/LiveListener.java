package org.defconfiji.live;

/** Hears of live counts, to steer illumination for example. Registered with {@link LiveCounts}. */
public interface LiveListener {
  /**
   * Told of a frame right after it was counted, on a thread of this listener's own. A listener that takes longer than
   * the next frame misses frames: it is always told of the newest one.
   */
  void counted(LiveCount count);
}
