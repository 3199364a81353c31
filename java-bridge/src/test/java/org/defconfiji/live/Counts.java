package org.defconfiji.live;

import java.util.Collections;
import java.util.Map;

/** Counts for tests that need some. */
final class Counts {
  private Counts() {}

  static LiveCount of(String image, int slice, double count, Map<String, Double> rois) {
    LiveFrame frame = new LiveFrame(new FramePool(), new byte[4], 2, 2, image, slice);
    return new LiveCount(frame, count, 1.25, new float[0], rois, 6.5, 5.25, 3, ThresholdState.NORMAL);
  }

  static LiveCount of(double count) {
    return of("camera", 1, count, Collections.emptyMap());
  }
}
