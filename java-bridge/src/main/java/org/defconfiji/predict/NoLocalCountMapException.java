package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** No window of the wanted size fits into the frame. */
public final class NoLocalCountMapException extends DefconException {
  public NoLocalCountMapException(String message) {
    super(message);
  }
}
