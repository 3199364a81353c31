package org.defconfiji.train;

import org.defconfiji.DefconException;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.WireException;

/** A training or tuning ended without a usable model. The message says how to continue in Fiji. */
final class EndedException extends DefconException {
  private static final String ADVICE =
      " To continue it, choose Train... with the same name and Resume, and with the same plan or set if you named one.";

  private EndedException(String sentence, WireException cause) {
    super(sentence, cause);
  }

  static EndedException ofTraining(String model, WireException cause) {
    return new EndedException(trainingSentence(model, cause), cause);
  }

  static EndedException ofTuning(String model, WireException cause) {
    return new EndedException(tuningSentence(model, cause), cause);
  }

  private static String trainingSentence(String model, WireException cause) {
    if (cause.code().equals(CancelledException.CODE)) return "The training of " + model + " was cancelled." + ADVICE;
    if (cause instanceof ConnectionLostException) return lost("Train...") + ADVICE;
    return "The training of " + model + " ended: " + cause.getMessage();
  }

  private static String tuningSentence(String model, WireException cause) {
    if (cause.code().equals(CancelledException.CODE))
      return "The tuning of " + model + " was cancelled before it had learnt anything. Nothing was kept.";
    if (cause instanceof ConnectionLostException) return lost(TuneOptions.TABLE.command());
    return "The tuning of " + model + " ended: " + cause.getMessage();
  }

  private static String lost(String command) {
    return "The connection was lost. Choose " + command + " again; it shows the run if it still goes on.";
  }
}
