package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** A predictor was used before {@link Predictor#setup}, or asked for results before {@link Predictor#predict}. */
public final class UninitializedPredictorException extends DefconException {
  public UninitializedPredictorException(String message) {
    super(message);
  }
}
