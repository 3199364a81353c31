package org.defconfiji.daemon;

import org.defconfiji.DefconException;

/** The program ran and refused. The message is its own. */
public final class ProgramException extends DefconException {
  private static final String PREFIX = "defcon-fiji: ";

  /** @param errors the text on its standard error output */
  ProgramException(String errors) {
    super(errors.startsWith(PREFIX) ? errors.substring(PREFIX.length()) : errors);
  }
}
