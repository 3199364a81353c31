package org.defconfiji.wire;

import org.defconfiji.protocol.Result;

/** How far the counts of one frame are to be trusted. */
public final class Certainty {
  /** Of a model that does not know, and of a frame whose pixels are all the same. */
  public static final Certainty UNKNOWN = new Certainty(Double.NaN, Double.NaN, Double.NaN, "");

  private final double countError;
  private final double maxLocalCountError;
  private final double away;
  private final String unlike;

  /**
   * @param countError NaN: unknown, as the two that follow
   * @param away 0 to 1
   * @param unlike empty for a frame that is like those of the training
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

  /** The same reason without numbers, for counts of another part of the frame. */
  public Certainty withoutNumbers() {
    return this == UNKNOWN ? this : new Certainty(Double.NaN, Double.NaN, Double.NaN, unlike);
  }

  /** Whether the model could say anything. */
  public boolean isKnown() {
    return this != UNKNOWN;
  }

  /** Of 100 counts, 68 are off by no more than this, and 95 by no more than twice this; NaN where unknown. */
  public double countError() {
    return countError;
  }

  /** The same of the max local count; NaN also for a window other than the model's. */
  public double maxLocalCountError() {
    return maxLocalCountError;
  }

  /** Share of the count that lies away from any spot, 0 to 1; NaN where unknown. */
  public double away() {
    return away;
  }

  /** Why the frame is unlike those that the model was trained on; empty where it is like them, or nothing is known. */
  public String unlike() {
    return unlike;
  }
}
