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
   * Chooses the model. May be called again to change it.
   *
   * @param model a model's name, a path to a model file, or an empty string for the default model
   * @throws SessionClosedException after {@link #close()}
   * @throws DefconException there is no such model or no daemon to run it
   */
  void setup(String model) throws DefconException;

  /**
   * Counts a frame of 8, 16 or 32 bits and waits for the result. The frame's ROI is ignored.
   *
   * @throws ImageBitDepthException the frame is RGB
   * @throws UninitializedPredictorException before {@link #setup}
   * @throws SessionClosedException after {@link #close()}
   * @throws DefconException the frame could not be counted
   */
  void predict(ImageProcessor frame) throws DefconException;

  /**
   * The number of molecules in the frame: the sum of the density map.
   *
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  double getCount() throws UninitializedPredictorException;

  /**
   * A copy of the density map: molecules per pixel, in the size of the frame.
   *
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  FloatProcessor getDensityMap() throws UninitializedPredictorException;

  /**
   * The number of molecules in each box x box square that lies inside the frame, with stride 1.
   *
   * <p>Pixel (x, y) is the sum of the density over the square whose top left corner is (x, y). The
   * map has (width - box + 1) x (height - box + 1) pixels.
   *
   * @param box side of the square, pixels
   * @throws NoLocalCountMapException the box is smaller than 1 or larger than the frame
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  FloatProcessor getLocalCountMap(int box) throws NoLocalCountMapException, UninitializedPredictorException;

  /**
   * The largest value of {@link #getLocalCountMap}.
   *
   * @param box side of the square, pixels
   * @throws NoLocalCountMapException the box is smaller than 1 or larger than the frame
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  double getMaximumLocalCount(int box) throws NoLocalCountMapException, UninitializedPredictorException;

  /**
   * The expected error of the count.
   *
   * <p>68 of 100 counts are off by at most this, 95 by at most twice this.
   *
   * @return NaN if the model does not estimate it
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getCountError() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * The expected error of the max local count, for the model's own square (usually 7 x 7 pixels).
   *
   * @return NaN if the model does not estimate it
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getMaximumLocalCountError() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * The share of the count that lies away from any spot, 0 to 1.
   *
   * @return NaN if the model does not estimate it
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default double getAwayShare() throws UninitializedPredictorException {
    return Double.NaN;
  }

  /**
   * The reason why the frame is unlike the model's training frames, in words.
   *
   * @return empty if it is like them or the model does not judge it
   * @throws UninitializedPredictorException before the first {@link #predict}
   */
  default String getUnlikeReason() throws UninitializedPredictorException {
    return "";
  }

  /** Closes the connection to the daemon. The results of the last frame stay readable. */
  @Override
  void close();
}
