package org.defconfiji.daemon;

import org.defconfiji.DefconException;

/** The program was run and refused; the message is its own. */
public final class ProgramException extends DefconException {
  private static final String PREFIX = "defcon-fiji: ";

  /** @param errors what it printed */
  ProgramException(String errors) {
    super(errors.startsWith(PREFIX) ? errors.substring(PREFIX.length()) : errors);
  }
}
