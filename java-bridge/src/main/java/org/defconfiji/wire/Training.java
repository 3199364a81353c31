package org.defconfiji.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.defconfiji.protocol.TrainingEvent;
import org.defconfiji.protocol.TrainingSummary;

/**
 * A training or tuning that is watched. It runs in the daemon and continues without this
 * connection.
 */
public final class Training {
  private final Trainings trainings;
  private final TrainingSummary summary;
  private final TrainingListener listener;
  private final CompletableFuture<String> end = new CompletableFuture<>();

  Training(Trainings trainings, TrainingSummary summary, TrainingListener listener) {
    this.trainings = trainings;
    this.summary = summary;
    this.listener = listener;
  }

  /** Its number, valid as long as the daemon runs. */
  int id() {
    return summary.getTraining();
  }

  /** Its state when the watching began. */
  TrainingSummary summary() {
    return summary;
  }

  /**
   * Asks the daemon to end it at the next batch.
   *
   * <p>A training leaves a checkpoint and ends with the code CANCELLED. A tuning continues with its
   * best model so far, if it has one.
   */
  public void cancel() throws WireException {
    trainings.cancel(id());
  }

  /**
   * Waits for the end. The listener has received the end before this returns.
   *
   * @return the path of the model on the daemon's machine
   * @throws WireException the error that ended the run or the watching
   */
  public String await() throws WireException {
    try {
      return end.get();
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    } catch (ExecutionException failed) {
      throw (WireException) failed.getCause();
    }
  }

  /**
   * Hands an event to the listener.
   *
   * @return whether it was the last one
   */
  boolean received(TrainingEvent event) {
    switch (event.getEventCase()) {
      case STARTED:
        listener.started(event.getStarted());
        return false;
      case STEP:
        listener.progress(event.getStep());
        return false;
      case EPOCH:
        listener.epoch(event.getEpoch());
        return false;
      case NOTE:
        listener.note(event.getNote());
        return false;
      case MEASURING:
        listener.measuring(event.getMeasuring());
        return false;
      case MEASURED:
        listener.measured(event.getMeasured());
        return false;
      case COMPARED:
        listener.compared(event.getCompared());
        return false;
      case JUDGED:
        listener.judged(event.getJudged());
        return false;
      case FINISHED:
        try {
          listener.finished(event.getFinished());
        } finally {
          end.complete(event.getFinished().getModel());
        }
        return true;
      case FAILED:
        fail(WireErrors.of(event.getFailed()));
        return true;
      default:
        return false;
    }
  }

  void fail(WireException error) {
    try {
      listener.failed(error);
    } finally {
      end.completeExceptionally(error);
    }
  }
}
