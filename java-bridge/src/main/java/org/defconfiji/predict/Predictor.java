package org.defconfiji.predict;

import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.io.Closeable;
import org.defconfiji.DefconException;

/**
 * Counts molecules one frame at a time, for programs that steer a microscope.
 *
 * <pre>{@code
 * try (Predictor predictor = new DaemonPredictor()) {
 *   predictor.setup("");
 *   predictor.predict(IJ.getProcessor());
 *   System.out.println(predictor.getCount() + " molecules");
 * }
 * }</pre>
 *
 * <p>Only one thread may use a predictor. The getters return the results of the last frame that was
 * predicted. docs/predictor.md has a complete program.
 */
public interface Predictor extends Closeable {
  /**
   * Chooses the model and gets ready to count; may be called again to change the model.
   *
   * @param model a model's name, a path to a model file, or an empty string for the default model
   * @throws SessionClosedException after {@link #close()}
   * @throws DefconException there is no such model, or no daemon to run it
   */
  void setup(String model) throws DefconException;

  /**
   * Counts a frame of 8, 16 or 32 bits; waits for the result. The frame's ROI is not looked at.
   *
   * @throws ImageBitDepthException the frame is RGB
   * @throws UninitializedPredictorException before {@link #setup}
   * @throws SessionClosedException after {@link #close()}
   * @throws DefconException the frame could not be counted
   */
  void predict(ImageProcessor frame) throws DefconException;

  /**
   * Molecules in the frame: the sum of the density map.
   *
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  double getCount() throws UninitializedPredictorException;

  /**
   * Molecules per pixel; the frame's size. A copy.
   *
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  FloatProcessor getDensityMap() throws UninitializedPredictorException;

  /**
   * Molecules in each box x box window, at stride 1 and wholly inside the frame: pixel (x, y) is the sum of the density
   * over the window whose top left corner is (x, y), so the map has (width - box + 1) x (height - box + 1) pixels.
   *
   * @param box the window's side, pixels
   * @throws NoLocalCountMapException the box is smaller than 1 or larger than the frame
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  FloatProcessor getLocalCountMap(int box) throws NoLocalCountMapException, UninitializedPredictorException;

  /**
   * Most molecules in any window of {@link #getLocalCountMap}.
   *
   * @param box the window's side, pixels
   * @throws NoLocalCountMapException the box is smaller than 1 or larger than the frame
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  double getMaximumLocalCount(int box) throws NoLocalCountMapException, UninitializedPredictorException;

  /**
   * How far the count is to be trusted: of 100 counts, 68 are off by no more than this, and 95 by no more than twice this.
   *
   * @return NaN where the model does not know
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getCountError() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * The same of the max local count in the model's own window, of 7 x 7 pixels unless the model says otherwise.
   *
   * @return NaN where the model does not know
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getMaximumLocalCountError() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * Share of the count that lies away from any spot, 0 to 1.
   *
   * @return NaN where the model does not know
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getAwayShare() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * Why the frame is unlike those that the model was trained on, in words.
   *
   * @return empty where it is like them, or the model does not know
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default String getUnlikeReason() throws UninitializedPredictorException {
    return "";
  }

  /** Lets go of the daemon. The last frame's results stay readable. */
  @Override
  void close();
}
