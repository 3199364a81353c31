package org.defconfiji.wire;

/** Turns the daemon's Error messages into exceptions. */
final class WireErrors {
  private WireErrors() {}

  /** The exception of an error about anything but one frame, whatever it says of a frame. */
  static WireException of(org.defconfiji.protocol.Error error) {
    String code = error.getCode();
    String message = error.getMessage();
    if (code.startsWith("PROTOCOL_")) return new ProtocolException(code, message);
    if (code.startsWith("DAEMON_")) return new DaemonException(code, message);
    if (code.equals(ConnectionLostException.CODE)) return new ConnectionLostException(message);
    return new RefusedException(code, message, error.getAdvice());
  }
}
