package org.defconfiji.wire;

import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingStarted;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningMeasuring;

/**
 * Told what happens in a training that is watched, from its first event on: started, then epochs with progress between
 * them, then one of finished and failed. A tuning tells measuring, measured and compared before that, and judged before
 * its end. Called by the connection's own thread, which must not be kept waiting.
 */
public interface TrainingListener {
  /** Called ten times a second at most. */
  default void measuring(TuningMeasuring progress) {}

  default void measured(TuningMeasured found) {}

  /** The stacks of the recording are read no more. */
  default void compared(TuningCompared comparison) {}

  default void started(TrainingStarted start) {}

  /** Called ten times a second at most. */
  default void progress(TrainingProgress progress) {}

  default void epoch(TrainingEpoch epoch) {}

  default void judged(TuningJudged judgement) {}

  default void finished(TrainingFinished end) {}

  /**
   * @param error why it ended: with the code CANCELLED after {@link Training#cancel}, where nothing was kept; a {@link ConnectionLostException}
   *     where only the watching ended, and the training may go on
   */
  default void failed(WireException error) {}
}
