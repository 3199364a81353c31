package org.defconfiji.live.source;

/** Receives the frames of a {@link FrameSource}. Called on threads that must not wait. */
public interface FrameSink {
  /** Receives a new frame. The sink holds it from now on and must release it. */
  void offer(LiveFrame frame);

  /** Receives the number of frames that were overwritten before they were read. */
  void missed(int frames);

  /**
   * Learns that there is nothing to count.
   *
   * @param why the reason, for the user
   */
  void nothing(LiveStatus why);
}
