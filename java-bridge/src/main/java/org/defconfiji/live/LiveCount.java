package org.defconfiji.live;

import java.util.Map;
import org.defconfiji.wire.Certainty;

/** What was found in one frame of a live image. */
public final class LiveCount {
  private final LiveFrame frame;
  private final double count;
  private final double maxLocalCount;
  private final Certainty certainty;
  private final float[] density;
  private final Map<String, Double> rois;
  private final double latencyMs;
  private final double engineMs;
  private final long skipped;
  private final ThresholdState state;

  LiveCount(
      LiveFrame frame,
      double count,
      double maxLocalCount,
      Certainty certainty,
      float[] density,
      Map<String, Double> rois,
      double latencyMs,
      double engineMs,
      long skipped,
      ThresholdState state) {
    this.frame = frame;
    this.count = count;
    this.maxLocalCount = maxLocalCount;
    this.certainty = certainty;
    this.density = density;
    this.rois = rois;
    this.latencyMs = latencyMs;
    this.engineMs = engineMs;
    this.skipped = skipped;
    this.state = state;
  }

  /** The same frame with the counts of other selections. */
  LiveCount with(Map<String, Double> others) {
    return new LiveCount(
        frame, count, maxLocalCount, certainty, density, others, latencyMs, engineMs, skipped, state);
  }

  /** The same count, with where its watched value lies. */
  LiveCount in(ThresholdState now) {
    return new LiveCount(
        frame, count, maxLocalCount, certainty, density, rois, latencyMs, engineMs, skipped, now);
  }

  /** When the frame was taken from the image, ms since 1970. */
  public long millis() {
    return frame.millis();
  }

  /** The image's title. */
  public String image() {
    return frame.image();
  }

  /** The slice, from 1. */
  public int slice() {
    return frame.slice();
  }

  /** Pixels. */
  public int width() {
    return frame.width();
  }

  /** Pixels. */
  public int height() {
    return frame.height();
  }

  /** Molecules in the frame. */
  public double count() {
    return count;
  }

  /** Most molecules in any window, of 7 x 7 pixels unless the model says otherwise. */
  public double maxLocalCount() {
    return maxLocalCount;
  }

  /** Of 100 counts, 68 are off by no more than this, and 95 by no more than twice this; NaN where the model does not know. */
  public double countError() {
    return certainty.countError();
  }

  /** The same of the max local count. */
  public double maxLocalCountError() {
    return certainty.maxLocalCountError();
  }

  /** Share of the count that lies away from any spot, 0 to 1; NaN where the model does not know. */
  public double away() {
    return certainty.away();
  }

  /** Why the frame is unlike those that the model was trained on; empty where it is like them, or nothing is known. */
  public String unlike() {
    return certainty.unlike();
  }

  Certainty certainty() {
    return certainty;
  }

  /** Molecules in each selection, by its name: the active one is "selection", others have their ROI Manager's names. */
  public Map<String, Double> rois() {
    return rois;
  }

  /** From the copy of the frame's pixels to its count, ms. */
  public double latencyMs() {
    return latencyMs;
  }

  /** The daemon's part of that, ms. */
  public double engineMs() {
    return engineMs;
  }

  /** Frames that were not counted since the start: newer ones came before their turn, or the daemon was lost. */
  public long skipped() {
    return skipped;
  }

  /** Where the watched value lies. */
  public ThresholdState state() {
    return state;
  }

  /** Molecules per pixel, row by row from the top left; empty where nobody wanted it. Not to be changed. */
  float[] density() {
    return density;
  }
}
