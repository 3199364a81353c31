package org.defconfiji.options;

import org.defconfiji.DefconException;

/** A command cannot be carried out with these options. */
public final class OptionException extends DefconException {
  public OptionException(String message) {
    super(message);
  }
}
