package org.defconfiji.wire;

import org.defconfiji.DefconException;

/** Trouble between this program and the daemon, with the stable code that docs/errors.md lists. */
public abstract class WireException extends DefconException {
  private final String code;

  protected WireException(String code, String message) {
    super(message);
    this.code = code;
  }

  protected WireException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** A code such as MODEL_NOT_FOUND. */
  public String code() {
    return code;
  }
}
