package org.defconfiji.live.count;

import java.util.Collections;
import java.util.Map;
import org.defconfiji.live.ThresholdState;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.live.source.LiveFrames;
import org.defconfiji.wire.Certainty;

/** Makes counts for tests. */
public final class Counts {
  private Counts() {}

  public static FrameCount of(String image, int slice, double count, Certainty certainty, Map<String, Double> rois) {
    LiveFrame frame = LiveFrames.of(new byte[4], 2, 2, image, slice, 0);
    return new FrameCount(frame, count, 1.25, certainty, new float[0], rois, 6.5, 5.25, 3, ThresholdState.NORMAL);
  }

  public static FrameCount of(double count, Certainty certainty) {
    return of("camera", 1, count, certainty, Collections.emptyMap());
  }

  public static FrameCount of(double count) {
    return of(count, Certainty.UNKNOWN);
  }
}
