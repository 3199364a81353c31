package org.defconfiji.wire;

/** The result of one frame. */
public final class Prediction {
  private final long sequence;
  private final double count;
  private final double maxLocalCount;
  private final float[] density;
  private final Certainty certainty;
  private final double waitedMs;
  private final double engineMs;

  /**
   * @param waitedMs how long the frame waited for the engine, ms
   * @param engineMs how long the engine took, ms
   */
  Prediction(
      long sequence,
      double count,
      double maxLocalCount,
      float[] density,
      Certainty certainty,
      double waitedMs,
      double engineMs) {
    this.sequence = sequence;
    this.count = count;
    this.maxLocalCount = maxLocalCount;
    this.density = density;
    this.certainty = certainty;
    this.waitedMs = waitedMs;
    this.engineMs = engineMs;
  }

  /** The same result with another number. */
  public Prediction numbered(long number) {
    return new Prediction(number, count, maxLocalCount, density, certainty, waitedMs, engineMs);
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

  /** How long the frame waited in the daemon for the engine, ms. */
  public double waitedMs() {
    return waitedMs;
  }

  /**
   * The time from the engine's start to the finished result, ms. Transfer times are not included.
   */
  public double engineMs() {
    return engineMs;
  }
}
