package org.defconfiji.options;

import org.defconfiji.DefconException;

/** The options of a command are not valid. */
public final class OptionException extends DefconException {
  public OptionException(String message) {
    super(message);
  }
}
