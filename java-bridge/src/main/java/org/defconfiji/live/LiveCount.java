package org.defconfiji.live;

import java.util.Map;

/**
 * The counts of one live frame, as a {@link LiveListener} receives them.
 *
 * <pre>{@code
 * LiveCounts.addListener(
 *     count -> {
 *       boolean trusted = count.unlike().isEmpty();
 *       boolean high = count.state() == ThresholdState.HIGH;
 *       if (trusted && high) System.out.println("Lower the laser.");
 *     });
 * }</pre>
 */
public abstract class LiveCount {
  /** Called by the plugin, which makes all counts. */
  protected LiveCount() {}

  /** The time at which the frame was copied from the image, ms since 1970. */
  public abstract long millis();

  /** The image's title. */
  public abstract String image();

  /** The number of the slice, from 1. */
  public abstract int slice();

  /** Width of the frame, pixels. */
  public abstract int width();

  /** Height of the frame, pixels. */
  public abstract int height();

  /** The number of molecules in the frame. */
  public abstract double count();

  /** The max local count: most molecules in any 7 x 7 pixels, or the size that the model sets. */
  public abstract double maxLocalCount();

  /**
   * The expected error of the count.
   *
   * <p>68 of 100 counts are off by at most this, 95 by at most twice this.
   *
   * @return NaN if the model does not estimate it
   */
  public abstract double countError();

  /** The expected error of the max local count, as {@link #countError} gives that of the count. */
  public abstract double maxLocalCountError();

  /**
   * The share of the count that lies away from any spot, 0 to 1.
   *
   * @return NaN if the model does not estimate it
   */
  public abstract double away();

  /**
   * The reason why this frame is unlike the model's training frames, in words.
   *
   * @return empty if it is like them or the model does not judge it
   */
  public abstract String unlike();

  /**
   * The number of molecules in each selection, by name. The active selection is called "selection",
   * the others have their names in the ROI Manager.
   */
  public abstract Map<String, Double> rois();

  /** The time from copying the pixels to the finished count, ms. */
  public abstract double latencyMs();

  /** The part of {@link #latencyMs} that the daemon took, ms. */
  public abstract double engineMs();

  /** Frames not counted since the start: newer ones replaced them, or the daemon was lost. */
  public abstract long skipped();

  /** Where the watched value lies between the thresholds. */
  public abstract ThresholdState state();

  /**
   * The set point of the control after this count.
   *
   * @return NaN if no control runs
   */
  public abstract double setPoint();

  /** The output of the control after this count, NaN without one. */
  public abstract double output();

  /** The mode of the control: "manual", "pi", "inverse-threshold"; empty without one. */
  public abstract String controlMode();

  /** What the control does: "tuning", "holding", "safe" ...; empty without one. */
  public abstract String controlState();
}
