package org.defconfiji.live.count;

import java.util.Map;
import org.defconfiji.live.LiveCount;
import org.defconfiji.live.ThresholdState;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.wire.Certainty;

/** The counts of one live frame, with the map and the certainty that the panels show. */
public final class FrameCount extends LiveCount {
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
  private final ControlNote control;

  FrameCount(
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
    this(
        frame, count, maxLocalCount, certainty, density, rois, latencyMs, engineMs, skipped, state, ControlNote.NONE);
  }

  private FrameCount(
      LiveFrame frame,
      double count,
      double maxLocalCount,
      Certainty certainty,
      float[] density,
      Map<String, Double> rois,
      double latencyMs,
      double engineMs,
      long skipped,
      ThresholdState state,
      ControlNote control) {
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
    this.control = control;
  }

  /** The same frame with other selections. */
  FrameCount with(Map<String, Double> others) {
    return new FrameCount(
        frame, count, maxLocalCount, certainty, density, others, latencyMs, engineMs, skipped, state, control);
  }

  /** The same count with the state of the watched value. */
  FrameCount in(ThresholdState now) {
    return new FrameCount(
        frame, count, maxLocalCount, certainty, density, rois, latencyMs, engineMs, skipped, now, control);
  }

  /** The same count with what a control made of it. */
  FrameCount with(ControlNote note) {
    return new FrameCount(
        frame, count, maxLocalCount, certainty, density, rois, latencyMs, engineMs, skipped, state, note);
  }

  @Override
  public long millis() {
    return frame.millis();
  }

  @Override
  public String image() {
    return frame.image();
  }

  @Override
  public int slice() {
    return frame.slice();
  }

  @Override
  public int width() {
    return frame.width();
  }

  @Override
  public int height() {
    return frame.height();
  }

  @Override
  public double count() {
    return count;
  }

  @Override
  public double maxLocalCount() {
    return maxLocalCount;
  }

  @Override
  public double countError() {
    return certainty.countError();
  }

  @Override
  public double maxLocalCountError() {
    return certainty.maxLocalCountError();
  }

  @Override
  public double away() {
    return certainty.away();
  }

  @Override
  public String unlike() {
    return certainty.unlike();
  }

  /** How far the counts can be trusted. */
  public Certainty certainty() {
    return certainty;
  }

  @Override
  public Map<String, Double> rois() {
    return rois;
  }

  @Override
  public double latencyMs() {
    return latencyMs;
  }

  @Override
  public double engineMs() {
    return engineMs;
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public ThresholdState state() {
    return state;
  }

  @Override
  public double setPoint() {
    return control.setPoint;
  }

  @Override
  public double output() {
    return control.output;
  }

  @Override
  public String controlMode() {
    return control.mode;
  }

  @Override
  public String controlState() {
    return control.state;
  }

  /** Side of a pixel, nm; 0: unknown. */
  double pixelSize() {
    return frame.pixelSize();
  }

  /**
   * Molecules per pixel, row by row from the top left. Empty if nobody wanted it. Must not be
   * changed.
   */
  public float[] density() {
    return density;
  }
}
