package org.defconfiji;

/** Anything that kept frames from being counted; the message is a sentence for a person, advice included. */
public abstract class DefconException extends Exception {

  protected DefconException(String message) {
    super(message);
  }

  protected DefconException(String message, Throwable cause) {
    super(message, cause);
  }
}
