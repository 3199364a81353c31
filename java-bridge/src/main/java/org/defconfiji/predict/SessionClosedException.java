package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** A predictor was used after {@link Predictor#close()}. */
public final class SessionClosedException extends DefconException {
  public SessionClosedException(String message) {
    super(message);
  }
}
