package org.defconfiji.daemon;

import java.io.IOException;
import org.defconfiji.wire.DaemonException;

/** A place that may know how to run the defcon-fiji program. */
interface CommandSource {
  /** A name for messages, for example "the PATH". */
  String place();

  /** Whether the user named the command here. If so, no other place is tried. */
  boolean binding();

  /**
   * Looks for the command.
   *
   * @return null if this place knows none
   */
  LaunchCommand find() throws DaemonException, IOException;
}
