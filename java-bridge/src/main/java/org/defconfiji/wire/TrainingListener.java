package org.defconfiji.wire;

import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingNote;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingStarted;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningMeasuring;

/**
 * Receives the events of a training that is watched, from its first event.
 *
 * <p>A training sends started, then epochs with progress between them, then finished or failed. A
 * tuning sends measuring, measured and compared before that, and judged before its end. The
 * connection's thread calls the methods, so they must not block.
 */
public interface TrainingListener {
  /** Called at most ten times a second. */
  default void measuring(TuningMeasuring progress) {}

  default void measured(TuningMeasured found) {}

  /** From now on the stacks of the recording are no longer needed. */
  default void compared(TuningCompared comparison) {}

  default void started(TrainingStarted start) {}

  /** Called at most ten times a second. */
  default void progress(TrainingProgress progress) {}

  default void epoch(TrainingEpoch epoch) {}

  /** Something to know about the training, such as a network that learns nothing. */
  default void note(TrainingNote note) {}

  default void judged(TuningJudged judgement) {}

  default void finished(TrainingFinished end) {}

  /**
   * Called when there will be no more events and no model.
   *
   * @param error the reason; its code is CANCELLED after {@link Training#cancel} if nothing was
   *     kept; a {@link ConnectionLostException} if only the watching ended and the training may
   *     continue
   */
  default void failed(WireException error) {}
}
