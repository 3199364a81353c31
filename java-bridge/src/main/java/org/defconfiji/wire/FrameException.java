package org.defconfiji.wire;

/** One frame got no result; the stream goes on. The code and the sentence are those of the cause. */
public final class FrameException extends WireException {
  private final long sequence;

  public FrameException(long sequence, String code, String message) {
    super(code, message);
    this.sequence = sequence;
  }

  /** The frame's number in its stream, from 0. */
  public long sequence() {
    return sequence;
  }
}
