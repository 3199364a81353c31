package org.defconfiji.wire;

/** A wait for the daemon was cancelled: code CANCELLED. */
public final class CancelledException extends WireException {
  public static final String CODE = "CANCELLED";

  public CancelledException() {
    super(CODE, "The wait for the DEFCoN daemon was cancelled.");
  }

  /** For an interrupted thread. Sets its interrupted flag again. */
  public CancelledException(InterruptedException cause) {
    super(CODE, "The wait for the DEFCoN daemon was interrupted.", cause);
    Thread.currentThread().interrupt();
  }
}
