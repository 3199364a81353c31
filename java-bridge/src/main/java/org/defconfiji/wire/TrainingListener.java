package org.defconfiji.wire;

import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingStarted;

/**
 * Told what happens in a training that is watched, from its first event on: started, then epochs with progress between
 * them, then one of finished and failed. Called by the connection's own thread, which must not be kept waiting.
 */
public interface TrainingListener {
  default void started(TrainingStarted start) {}

  /** Called ten times a second at most. */
  default void progress(TrainingProgress progress) {}

  default void epoch(TrainingEpoch epoch) {}

  default void finished(TrainingFinished end) {}

  /**
   * @param error why it ended: with the code CANCELLED after {@link Training#cancel}; a {@link ConnectionLostException}
   *     where only the watching ended, and the training may go on
   */
  default void failed(WireException error) {}
}
