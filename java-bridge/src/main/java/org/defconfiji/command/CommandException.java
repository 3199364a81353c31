package org.defconfiji.command;

import org.defconfiji.DefconException;

/** A command cannot be carried out on this image or with these options. */
final class CommandException extends DefconException {
  CommandException(String message) {
    super(message);
  }
}
