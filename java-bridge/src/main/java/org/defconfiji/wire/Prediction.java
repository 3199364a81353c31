package org.defconfiji.wire;

import org.defconfiji.protocol.Result;

/** The result of one frame. */
public final class Prediction {
  private final long sequence;
  private final double count;
  private final double maxLocalCount;
  private final float[] density;
  private final Certainty certainty;
  private final FrameIdentity identity;
  private final FrameTimes times;
  private final long skipped;

  Prediction(Result result, float[] density) {
    this.sequence = result.getSequence();
    this.count = result.getCount();
    this.maxLocalCount = result.getMaxLocalCount();
    this.density = density;
    this.certainty = Certainty.of(result);
    this.identity = FrameIdentity.of(result.getIdentity());
    this.times = new FrameTimes(result);
    this.skipped = result.getSkipped();
  }

  private Prediction(long number, Prediction same) {
    this.sequence = number;
    this.count = same.count;
    this.maxLocalCount = same.maxLocalCount;
    this.density = same.density;
    this.certainty = same.certainty;
    this.identity = same.identity;
    this.times = same.times;
    this.skipped = same.skipped;
  }

  /** The same result with another number. */
  public Prediction numbered(long number) {
    return new Prediction(number, this);
  }

  /** The number of the frame in its stream, from 0. */
  public long sequence() {
    return sequence;
  }

  /** The number of molecules in the frame: the sum of the density map. */
  public double count() {
    return count;
  }

  /**
   * Most molecules in any square of {@link Stream#pool()} pixels. 0 if the stream did not request
   * it.
   */
  public double maxLocalCount() {
    return maxLocalCount;
  }

  /**
   * Molecules per pixel, row by row from the top left. Empty if it was not requested. Not a copy.
   */
  public float[] density() {
    return density;
  }

  /** How far the counts can be trusted; {@link Certainty#UNKNOWN} if the model does not say. */
  public Certainty certainty() {
    return certainty;
  }

  /** What was said of the frame when it was sent. */
  public FrameIdentity identity() {
    return identity;
  }

  /** When things happened to the frame in the daemon. */
  public FrameTimes times() {
    return times;
  }

  /**
   * Frames of the stream before this one that the daemon skipped for newer ones.
   *
   * <p>With {@link StreamOptions#ofConsecutiveIds} it also has those whose ids never came to it.
   */
  public long skipped() {
    return skipped;
  }
}
