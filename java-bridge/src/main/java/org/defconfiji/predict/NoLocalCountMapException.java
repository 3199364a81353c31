package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** A square of the wanted size does not fit into the frame. */
public final class NoLocalCountMapException extends DefconException {
  public NoLocalCountMapException(String message) {
    super(message);
  }
}
