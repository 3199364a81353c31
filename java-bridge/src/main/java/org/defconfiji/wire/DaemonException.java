package org.defconfiji.wire;

/** The daemon cannot be reached, cannot be started, or is stopping: codes DAEMON_*. */
public final class DaemonException extends WireException {
  public static final String UNREACHABLE = "DAEMON_UNREACHABLE";
  public static final String START = "DAEMON_START";
  public static final String STOPPING = "DAEMON_STOPPING";

  public DaemonException(String code, String message) {
    super(code, message);
  }

  public DaemonException(String code, String message, Throwable cause) {
    super(code, message, cause);
  }
}
