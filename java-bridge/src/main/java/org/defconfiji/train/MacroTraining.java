package org.defconfiji.train;

import ij.IJ;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.defconfiji.protocol.EpochRecord;
import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingNote;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.Training;
import org.defconfiji.wire.TrainingListener;
import org.defconfiji.wire.WireException;

/** A training that a macro waits for. Its epochs go to ImageJ's log. Esc cancels it. */
class MacroTraining implements TrainingListener {
  private static final int POLL_MS = 200;

  final String model;
  private final Curves curves = new Curves();
  private final CountDownLatch end = new CountDownLatch(1);

  /** @param model the name of the model */
  MacroTraining(String model) {
    this.model = model;
  }

  @Override
  public void progress(TrainingProgress step) {
    IJ.showStatus("DEFCoN: " + Progress.of(step, curves.secondsAnEpoch(step.getStage())));
  }

  @Override
  public void epoch(TrainingEpoch epoch) {
    EpochRecord record = epoch.getRecord();
    curves.add(record);
    IJ.log(
        String.format(
            Locale.ROOT,
            "DEFCoN %s, %s epoch %d: loss %.4g, validation %.4g",
            kind(), record.getStage(), record.getEpoch(), record.getLoss(), record.getValidationLoss()));
  }

  @Override
  public void note(TrainingNote note) {
    IJ.log("DEFCoN training: " + note.getText());
  }

  @Override
  public void finished(TrainingFinished finished) {
    end.countDown();
  }

  @Override
  public void failed(WireException error) {
    end.countDown();
  }

  /**
   * Waits for the end.
   *
   * @return the path of the model
   * @throws EndedException there is no model
   */
  String await(Training training) throws EndedException, CancelledException {
    try {
      boolean asked = false;
      while (!end.await(POLL_MS, TimeUnit.MILLISECONDS)) {
        if (asked || !IJ.escapePressed()) continue;
        asked = true;
        training.cancel();
      }
      return training.await();
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } catch (WireException ended) {
      throw ended(ended);
    }
  }

  /** The word that the log uses. */
  String kind() {
    return "training";
  }

  EndedException ended(WireException cause) {
    return EndedException.ofTraining(model, cause);
  }
}
