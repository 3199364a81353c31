package org.defconfiji.predict;

import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import org.defconfiji.DefconException;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * A predictor that sends its frames to the daemon. It finds the running daemon or starts one.
 *
 * <pre>{@code
 * try (DaemonPredictor predictor = new DaemonPredictor()) {
 *   predictor.setup("defcon-fast");
 *   predictor.predict(new FloatProcessor(64, 64));
 *   System.out.println("most molecules in 7 x 7 pixels: " + predictor.getMaximumLocalCount(7));
 * }
 * }</pre>
 */
public final class DaemonPredictor implements Predictor {
  private final Daemon daemon;
  private Connection connection;
  private String model;
  private Stream stream;
  private int width;
  private int height;
  private PixelFormat format;
  private Prediction last;
  private boolean closed;

  /** Uses the daemon of the user who runs this program. */
  public DaemonPredictor() {
    this(Daemon.ofThisUser());
  }

  DaemonPredictor(Daemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public void setup(String model) throws DefconException {
    refuseClosed();
    disconnect();
    last = null;
    this.model = model;
    connection = daemon.connect();
    try {
      connection.openStream(StreamOptions.trial(model)).close();
    } catch (WireException refused) {
      disconnect();
      throw refused;
    }
  }

  @Override
  public void predict(ImageProcessor frame) throws DefconException {
    refuseClosed();
    if (connection == null)
      throw new UninitializedPredictorException("No model is set up. Call setup(model) before predict(frame).");
    PixelFormat frameFormat = Pixels.format(frame);
    if (stream == null || frame.getWidth() != width || frame.getHeight() != height || frameFormat != format)
      open(frame, frameFormat);
    last = null;
    try {
      last = stream.predict(Pixels.bytes(frame));
    } catch (FrameException aboutThisFrame) {
      throw aboutThisFrame;
    } catch (WireException broken) {
      // A late answer to this frame must not be taken for that of the next frame.
      stream.close();
      stream = null;
      throw broken;
    }
  }

  /** Opens a stream for frames of this size and type. */
  private void open(ImageProcessor frame, PixelFormat frameFormat) throws WireException {
    if (stream != null) stream.close();
    stream = null;
    last = null;
    width = frame.getWidth();
    height = frame.getHeight();
    format = frameFormat;
    stream = connection.openStream(
            new StreamOptions(model, width, height, format, true, false).ofUnrelatedFrames());
  }

  @Override
  public double getCount() throws UninitializedPredictorException {
    return last().count();
  }

  @Override
  public FloatProcessor getDensityMap() throws UninitializedPredictorException {
    return new FloatProcessor(width, height, last().density().clone());
  }

  @Override
  public FloatProcessor getLocalCountMap(int box) throws NoLocalCountMapException, UninitializedPredictorException {
    return LocalCounts.map(new FloatProcessor(width, height, last().density()), box);
  }

  @Override
  public double getMaximumLocalCount(int box) throws NoLocalCountMapException, UninitializedPredictorException {
    return LocalCounts.maximum(new FloatProcessor(width, height, last().density()), box);
  }

  @Override
  public double getCountError() throws UninitializedPredictorException {
    return last().certainty().countError();
  }

  @Override
  public double getMaximumLocalCountError() throws UninitializedPredictorException {
    return last().certainty().maxLocalCountError();
  }

  @Override
  public double getAwayShare() throws UninitializedPredictorException {
    return last().certainty().away();
  }

  @Override
  public String getUnlikeReason() throws UninitializedPredictorException {
    return last().certainty().unlike();
  }

  @Override
  public void close() {
    closed = true;
    disconnect();
  }

  private void disconnect() {
    if (connection != null) connection.close();
    connection = null;
    stream = null;
  }

  private void refuseClosed() throws SessionClosedException {
    if (closed) throw new SessionClosedException("This predictor was closed. Make a new one.");
  }

  private Prediction last() throws UninitializedPredictorException {
    if (last == null)
      throw new UninitializedPredictorException("No frame has been counted yet. Call predict(frame) first.");
    return last;
  }
}
