package org.defconfiji.train;

import ij.IJ;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningFinding;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningMeasuring;
import org.defconfiji.protocol.TuningRow;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.WireException;

/**
 * A tuning that a macro waits for. Its findings go to ImageJ's log. Esc keeps the best model so
 * far.
 */
final class MacroTuning extends MacroTraining {
  private static final String PREFIX = "DEFCoN tuning, ";

  private final Recording.OnDisk recording;

  MacroTuning(String model, Recording.OnDisk recording) {
    super(model);
    this.recording = recording;
  }

  @Override
  public void measuring(TuningMeasuring progress) {
    IJ.showStatus("DEFCoN: " + Progress.of(progress));
  }

  @Override
  public void measured(TuningMeasured found) {
    for (TuningFinding finding : found.getFindingsList()) IJ.log(PREFIX + finding.getTitle() + ": " + finding.getText());
  }

  @Override
  public void compared(TuningCompared comparison) {
    recording.release();
    IJ.log(PREFIX + TuningText.mismatch(comparison));
  }

  @Override
  public void judged(TuningJudged judgement) {
    for (TuningRow row : judgement.getRowsList())
      IJ.log(PREFIX + row.getTitle() + ": " + row.getBefore() + " before, " + row.getAfter() + " after");
    IJ.log(PREFIX + "report: " + judgement.getReport());
  }

  @Override
  public void finished(TrainingFinished finished) {
    recording.release();
    super.finished(finished);
  }

  @Override
  public void failed(WireException error) {
    // If only the connection was lost, the daemon may still read the recording.
    if (!(error instanceof ConnectionLostException)) recording.release();
    super.failed(error);
  }

  @Override
  String kind() {
    return "tuning";
  }

  @Override
  EndedException ended(WireException cause) {
    return EndedException.ofTuning(model, cause);
  }
}
