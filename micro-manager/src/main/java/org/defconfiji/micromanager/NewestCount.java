package org.defconfiji.micromanager;

import java.util.function.Supplier;
import org.defconfiji.wire.Prediction;
import org.micromanager.Studio;

/** What the windows show: the newest count of all processors. Failures go to Micro-Manager's log. */
final class NewestCount implements CountWatcher {
  private final Supplier<Studio> studio;
  private volatile Prediction newest;
  private volatile String failure = "";

  /** @param studio gives null before Micro-Manager has told of itself */
  NewestCount(Supplier<Studio> studio) {
    this.studio = studio;
  }

  @Override
  public void counted(Prediction prediction, CameraFrame frame) {
    newest = prediction;
    failure = "";
  }

  @Override
  public void failed(String why) {
    boolean known = why.equals(failure);
    failure = why;
    Studio told = studio.get();
    if (!known && told != null) told.logs().logError("DEFCoN: " + why);
  }

  /** The newest count, or why there is none, in words. */
  String words() {
    if (!failure.isEmpty()) return failure;
    Prediction shown = newest;
    if (shown == null) return "No image was counted yet.";
    return String.format("%.1f molecules in image %d", shown.count(), shown.identity().id());
  }
}
