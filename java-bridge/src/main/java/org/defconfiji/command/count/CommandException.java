package org.defconfiji.command.count;

import org.defconfiji.DefconException;

/** A command cannot be carried out on this image or with these options. */
public final class CommandException extends DefconException {
  public CommandException(String message) {
    super(message);
  }
}
