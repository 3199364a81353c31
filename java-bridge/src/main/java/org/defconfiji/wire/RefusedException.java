package org.defconfiji.wire;

/** The daemon refused a request, for example with INPUT_PIXEL_VALUE or MODEL_NOT_FOUND. */
public final class RefusedException extends WireException {
  private final String advice;

  RefusedException(String code, String message, String advice) {
    super(code, message);
    this.advice = advice;
  }

  /** The part of the message that says what to do, or an empty string. */
  public String advice() {
    return advice;
  }
}
