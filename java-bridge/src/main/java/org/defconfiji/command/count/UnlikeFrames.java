package org.defconfiji.command.count;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.defconfiji.wire.Certainty;

/** Counts the frames that are unlike the training frames of the model. */
public final class UnlikeFrames {
  private final Map<String, Integer> reasons = new LinkedHashMap<>();
  private int all;

  /** Takes the next frame. */
  public void add(Certainty certainty) {
    all++;
    if (!certainty.unlike().isEmpty()) reasons.merge(certainty.unlike(), 1, Integer::sum);
  }

  /** The number of unlike frames. */
  public int frames() {
    int frames = 0;
    for (int some : reasons.values()) frames += some;
    return frames;
  }

  /** The most frequent reason. Empty if no frame is unlike. */
  public String mainReason() {
    return reasons.isEmpty() ? "" : inOrder().get(0).getKey();
  }

  /**
   * Says in one sentence how many frames are unlike, and why.
   *
   * <p>For example "3 of 10 frames are unlike those that the model was trained on: spots are out of
   * focus".
   */
  public String sentence() {
    StringBuilder text = new StringBuilder();
    text.append(frames()).append(" of ").append(all).append(all == 1 ? " frame is" : " frames are");
    text.append(" unlike those that the model was trained on: ");
    if (reasons.size() == 1) return text.append(mainReason()).toString();
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, Integer> reason : inOrder()) parts.add(reason.getKey() + " (" + reason.getValue() + ")");
    return text.append(String.join("; ", parts)).toString();
  }

  /** The reasons, the most frequent first. */
  private List<Map.Entry<String, Integer>> inOrder() {
    List<Map.Entry<String, Integer>> ordered = new ArrayList<>(reasons.entrySet());
    ordered.sort((one, other) -> other.getValue() - one.getValue());
    return ordered;
  }
}
