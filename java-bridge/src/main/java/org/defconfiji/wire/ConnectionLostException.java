package org.defconfiji.wire;

/** The connection to the daemon broke off, or was closed: code CONNECTION_LOST. */
public final class ConnectionLostException extends WireException {
  static final String CODE = "CONNECTION_LOST";

  public ConnectionLostException(String message) {
    super(CODE, message);
  }
}
