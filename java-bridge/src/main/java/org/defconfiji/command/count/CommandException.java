package org.defconfiji.command.count;

import org.defconfiji.DefconException;

/** This image or these options cannot be used for the command. */
public final class CommandException extends DefconException {
  public CommandException(String message) {
    super(message);
  }
}
