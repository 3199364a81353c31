package org.defconfiji.wire;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.defconfiji.protocol.TrainingEvent;
import org.defconfiji.protocol.TrainingSummary;

/** A training or a tuning in the daemon that is watched. It belongs to the daemon: it goes on when the connection is closed. */
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

  /** Its number, for as long as the daemon runs. */
  int id() {
    return summary.getTraining();
  }

  /** As it was when it began to be watched. */
  TrainingSummary summary() {
    return summary;
  }

  /**
   * Asks for its end at the next batch: of a training with a checkpoint, and its end is then told with the code CANCELLED;
   * of a tuning with its best model so far, if it has one.
   */
  public void cancel() throws WireException {
    trainings.cancel(id());
  }

  /**
   * Waits for its end; the listener has been told of it then.
   *
   * @return the path of the model on the daemon's machine
   * @throws WireException what it ended with, or what ended the watching
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

  /** @return whether that was the last event */
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
