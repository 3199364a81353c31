package org.defconfiji.wire;

/** The plugin and the daemon do not understand each other: codes PROTOCOL_*. */
public final class ProtocolException extends WireException {
  static final String VERSION = "PROTOCOL_VERSION";
  static final String MESSAGE = "PROTOCOL_MESSAGE";

  ProtocolException(String code, String message) {
    super(code, message);
  }

  ProtocolException(String code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
