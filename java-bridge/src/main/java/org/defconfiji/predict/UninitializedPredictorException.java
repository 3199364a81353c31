package org.defconfiji.predict;

import org.defconfiji.DefconException;

/**
 * A predictor was used before {@link Predictor#setup}, or its results before the first prediction.
 */
public final class UninitializedPredictorException extends DefconException {
  public UninitializedPredictorException(String message) {
    super(message);
  }
}
