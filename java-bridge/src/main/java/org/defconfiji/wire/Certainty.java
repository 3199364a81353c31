package org.defconfiji.wire;

import org.defconfiji.protocol.Result;

/** How far the counts of one frame can be trusted. */
public final class Certainty {
  /** For models that do not estimate it and for frames whose pixels are all equal. */
  public static final Certainty UNKNOWN = new Certainty(Double.NaN, Double.NaN, Double.NaN, "");

  private final double countError;
  private final double maxLocalCountError;
  private final double away;
  private final String unlike;

  /**
   * @param countError NaN: unknown, here and in the next two
   * @param away 0 to 1
   * @param unlike empty if the frame is like the training frames
   */
  public Certainty(double countError, double maxLocalCountError, double away, String unlike) {
    this.countError = countError;
    this.maxLocalCountError = maxLocalCountError;
    this.away = away;
    this.unlike = unlike;
  }

  static Certainty of(Result result) {
    if (!result.hasCertainty()) return UNKNOWN;
    org.defconfiji.protocol.Certainty found = result.getCertainty();
    double local = found.hasMaxLocalCountError() ? found.getMaxLocalCountError() : Double.NaN;
    return new Certainty(found.getCountError(), local, found.getAway(), found.getUnlike());
  }

  /** The same reason without numbers, for a part of the frame. */
  public Certainty withoutNumbers() {
    return this == UNKNOWN ? this : new Certainty(Double.NaN, Double.NaN, Double.NaN, unlike);
  }

  /** Whether the model estimated anything. */
  public boolean isKnown() {
    return this != UNKNOWN;
  }

  /**
   * The expected error of the count.
   *
   * <p>68 of 100 counts are off by at most this, 95 by at most twice this.
   *
   * @return NaN if unknown
   */
  public double countError() {
    return countError;
  }

  /**
   * The expected error of the max local count.
   *
   * @return NaN if unknown, and for a square other than the model's
   */
  public double maxLocalCountError() {
    return maxLocalCountError;
  }

  /**
   * The share of the count that lies away from any spot, 0 to 1.
   *
   * @return NaN if unknown
   */
  public double away() {
    return away;
  }

  /**
   * The reason why the frame is unlike the model's training frames, in words.
   *
   * @return empty if it is like them or nothing is known
   */
  public String unlike() {
    return unlike;
  }
}
