package org.defconfiji.live;

import java.util.Collections;
import java.util.Map;
import org.defconfiji.wire.Certainty;

/** Counts for tests that need some. */
final class Counts {
  private Counts() {}

  static LiveCount of(String image, int slice, double count, Certainty certainty, Map<String, Double> rois) {
    LiveFrame frame = new LiveFrame(new FramePool(), new byte[4], 2, 2, image, slice, 0);
    return new LiveCount(frame, count, 1.25, certainty, new float[0], rois, 6.5, 5.25, 3, ThresholdState.NORMAL);
  }

  static LiveCount of(double count, Certainty certainty) {
    return of("camera", 1, count, certainty, Collections.emptyMap());
  }

  static LiveCount of(double count) {
    return of(count, Certainty.UNKNOWN);
  }
}
