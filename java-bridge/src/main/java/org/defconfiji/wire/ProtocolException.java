package org.defconfiji.wire;

/** The two sides do not understand each other: codes PROTOCOL_*. */
public final class ProtocolException extends WireException {
  public static final String VERSION = "PROTOCOL_VERSION";
  public static final String MESSAGE = "PROTOCOL_MESSAGE";

  public ProtocolException(String code, String message) {
    super(code, message);
  }

  ProtocolException(String code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
