package org.defconfiji.wire;

/** What the daemon found in one frame. */
public final class Prediction {
  private final long sequence;
  private final double count;
  private final double maxLocalCount;
  private final float[] density;
  private final Certainty certainty;
  private final double waitedMs;
  private final double engineMs;

  /**
   * @param waitedMs the time that the frame waited for the engine, ms
   * @param engineMs the time that the engine took, ms
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

  /** The same with another number. */
  public Prediction numbered(long number) {
    return new Prediction(number, count, maxLocalCount, density, certainty, waitedMs, engineMs);
  }

  /** The frame's number in its stream, from 0. */
  public long sequence() {
    return sequence;
  }

  /** Molecules in the frame: the sum of the density map. */
  public double count() {
    return count;
  }

  /** Most molecules in any window of {@link Stream#pool()} pixels; 0 where the stream did not ask for it. */
  public double maxLocalCount() {
    return maxLocalCount;
  }

  /** Molecules per pixel, row by row from the top left; empty where the stream did not ask for it. Not a copy. */
  public float[] density() {
    return density;
  }

  /** How far the counts are to be trusted; {@link Certainty#UNKNOWN} where the model does not know. */
  public Certainty certainty() {
    return certainty;
  }

  /** How long the frame waited in the daemon for the engine to be free, ms. */
  public double waitedMs() {
    return waitedMs;
  }

  /** The daemon's time from taking the frame up to its finished result, ms, without the way there and back. */
  public double engineMs() {
    return engineMs;
  }
}
