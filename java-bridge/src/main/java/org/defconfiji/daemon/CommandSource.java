package org.defconfiji.daemon;

import java.io.IOException;
import org.defconfiji.wire.DaemonException;

/** A place that may tell how the defcon-fiji program is run. */
interface CommandSource {
  /** The place in a few words: "the PATH". */
  String place();

  /** Whether the user named the command here, so that no other is to be tried. */
  boolean binding();

  /** @return null where this place tells nothing */
  LaunchCommand find() throws DaemonException, IOException;
}
