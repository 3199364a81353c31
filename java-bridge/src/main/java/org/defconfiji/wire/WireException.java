package org.defconfiji.wire;

import org.defconfiji.DefconException;

/**
 * An error that the daemon reported or that the connection to it had. docs/errors.md lists the
 * codes.
 *
 * <pre>{@code
 * try (Predictor predictor = new DaemonPredictor()) {
 *   predictor.setup("cells");
 * } catch (WireException trouble) {
 *   if (trouble.code().equals("MODEL_NOT_FOUND")) IJ.log("Install the model first.");
 *   else throw trouble;
 * }
 * }</pre>
 */
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

  /** The stable code, for example MODEL_NOT_FOUND. */
  public String code() {
    return code;
  }
}
