package org.defconfiji.live;

import java.util.Map;

/** What was found in one frame of a live image. */
public abstract class LiveCount {
  /** Only live count itself makes counts. */
  protected LiveCount() {}

  /** When the frame was taken from the image, ms since 1970. */
  public abstract long millis();

  /** The image's title. */
  public abstract String image();

  /** The slice, from 1. */
  public abstract int slice();

  /** Pixels. */
  public abstract int width();

  /** Pixels. */
  public abstract int height();

  /** Molecules in the frame. */
  public abstract double count();

  /** Most molecules in any window, of 7 x 7 pixels unless the model says otherwise. */
  public abstract double maxLocalCount();

  /** Of 100 counts, 68 are off by no more than this, and 95 by no more than twice this; NaN where the model does not know. */
  public abstract double countError();

  /** The same of the max local count. */
  public abstract double maxLocalCountError();

  /** Share of the count that lies away from any spot, 0 to 1; NaN where the model does not know. */
  public abstract double away();

  /** Why the frame is unlike those that the model was trained on; empty where it is like them, or nothing is known. */
  public abstract String unlike();

  /** Molecules in each selection, by its name: the active one is "selection", others have their ROI Manager's names. */
  public abstract Map<String, Double> rois();

  /** From the copy of the frame's pixels to its count, ms. */
  public abstract double latencyMs();

  /** The daemon's part of that, ms. */
  public abstract double engineMs();

  /** Frames that were not counted since the start: newer ones came before their turn, or the daemon was lost. */
  public abstract long skipped();

  /** Where the watched value lies. */
  public abstract ThresholdState state();
}
