package org.defconfiji.wire;

/** The connection to the daemon was lost or closed: code CONNECTION_LOST. */
public final class ConnectionLostException extends WireException {
  static final String CODE = "CONNECTION_LOST";

  public ConnectionLostException(String message) {
    super(CODE, message);
  }
}
