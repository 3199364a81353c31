package org.defconfiji.live.source;

/** Takes the frames of a {@link FrameSource}; called on threads that must not wait. */
public interface FrameSink {
  /** A new frame, which the sink holds from now on. */
  void offer(LiveFrame frame);

  /** So many frames came and went before they could be looked at. */
  void missed(int frames);

  /** There is nothing to count. @param why what there is instead */
  void nothing(LiveStatus why);
}
