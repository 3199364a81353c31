package org.defconfiji.train;

import java.util.Locale;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TuningMeasuring;

/** Describes in words how far a training is. */
final class Progress {
  private Progress() {}

  /** @param secondsAnEpoch the mean duration of the stage's epochs, or 0 */
  static String of(TrainingProgress step, double secondsAnEpoch) {
    int later = step.getEpochs() - step.getEpoch();
    double left = step.getSecondsLeft() + later * secondsAnEpoch;
    String most = later > 0 && secondsAnEpoch == 0 ? "" : ", at most " + clock(left) + " left in this stage";
    return String.format(
        Locale.ROOT,
        "%s: epoch %d of %d, batch %d of %d, loss %.4g%s",
        step.getStage(), step.getEpoch(), step.getEpochs(), step.getBatch(), step.getBatches(), step.getLoss(), most);
  }

  static String of(TuningMeasuring measuring) {
    return String.format(Locale.ROOT, "%s, %.0f %%", measuring.getWords(), 100 * measuring.getShare());
  }

  private static String clock(double seconds) {
    long whole = (long) Math.ceil(seconds);
    return whole >= 3600
        ? String.format("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
        : String.format("%d:%02d", whole / 60, whole % 60);
  }
}
