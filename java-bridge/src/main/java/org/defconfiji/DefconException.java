package org.defconfiji;

/**
 * The error that every part of the plugin throws. Its message tells the user what to do.
 *
 * <pre>{@code
 * try (Predictor predictor = new DaemonPredictor()) {
 *   predictor.setup("defcon");
 * } catch (DefconException trouble) {
 *   IJ.error("DEFCoN", trouble.getMessage());
 * }
 * }</pre>
 */
public abstract class DefconException extends Exception {

  protected DefconException(String message) {
    super(message);
  }

  protected DefconException(String message, Throwable cause) {
    super(message, cause);
  }
}
