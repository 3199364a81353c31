package org.defconfiji.train;

import org.defconfiji.DefconException;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.WireException;

/** A training ended without a model; the message says how to go on with it in Fiji. */
final class EndedException extends DefconException {
  private static final String CANCELLED = "CANCELLED";
  private static final String ADVICE =
      " To go on with it, choose Train... with the same name and Resume, and with the same plan or set if you named one.";

  EndedException(String model, WireException cause) {
    super(sentence(model, cause), cause);
  }

  private static String sentence(String model, WireException cause) {
    if (cause.code().equals(CANCELLED)) return "The training of " + model + " was cancelled." + ADVICE;
    if (cause instanceof ConnectionLostException)
      return "The connection broke off. Choose Train... again, which shows the training where it still runs." + ADVICE;
    return "The training of " + model + " ended: " + cause.getMessage();
  }
}
