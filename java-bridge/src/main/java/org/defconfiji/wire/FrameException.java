package org.defconfiji.wire;

/** One frame has no result. The stream continues. Code and message are those of the cause. */
public final class FrameException extends WireException {
  private final long sequence;

  public FrameException(long sequence, String code, String message) {
    super(code, message);
    this.sequence = sequence;
  }

  /** The number of the frame in its stream, from 0. */
  public long sequence() {
    return sequence;
  }
}
