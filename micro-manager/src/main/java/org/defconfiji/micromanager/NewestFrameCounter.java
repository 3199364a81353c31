package org.defconfiji.micromanager;

import java.io.Closeable;
import java.util.concurrent.TimeUnit;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.LastingConnection;
import org.defconfiji.daemon.LastingStream;
import org.defconfiji.wire.CancelledException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * Counts the newest of the frames that it is offered, on a thread of its own.
 *
 * <p>It has one place for a frame that waits. A newer frame takes that place, so the acquisition
 * never waits.
 */
final class NewestFrameCounter implements Closeable {
  /** The pause after an error, ms. */
  private static final long RETRY_MS = 1_000;

  private final Daemon daemon;
  private final CountSettings settings;
  private final CountWatcher watcher;
  private final Thread thread = new Thread(this::run, "DEFCoN count");
  private CameraFrame waiting;
  private volatile boolean closed;
  private volatile Prediction newest;
  /** Only the thread uses these. */
  private LastingStream stream;
  private String streamKind = "";

  NewestFrameCounter(Daemon daemon, CountSettings settings, CountWatcher watcher) {
    this.daemon = daemon;
    this.settings = settings;
    this.watcher = watcher;
    thread.setDaemon(true);
    thread.start();
  }

  /** Leaves a frame to be counted, in place of one that waits. */
  synchronized void offer(CameraFrame frame) {
    waiting = frame;
    notifyAll();
  }

  /** The newest result; null before the first. */
  Prediction newest() {
    return newest;
  }

  /** Ends the counting. The frame under way is given up. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    try (LastingConnection connection = new LastingConnection(daemon, () -> closed, () -> {})) {
      while (!closed) {
        CameraFrame frame = take();
        try {
          newest = count(connection, frame);
          watcher.counted(newest, frame);
        } catch (CancelledException cancelled) {
          throw cancelled;
        } catch (WireException failed) {
          watcher.failed(failed.getMessage());
          if (failed instanceof FrameException) continue;
          endStream();
          connection.close();
          Thread.sleep(RETRY_MS);
        }
      }
    } catch (InterruptedException | CancelledException ended) {
      // This counter was closed.
    } catch (RuntimeException unexpected) {
      watcher.failed(unexpected.toString());
    } finally {
      endStream();
    }
  }

  private synchronized CameraFrame take() throws InterruptedException {
    while (waiting == null) wait();
    CameraFrame frame = waiting;
    waiting = null;
    return frame;
  }

  private Prediction count(LastingConnection connection, CameraFrame frame) throws WireException {
    PixelFormat format = frame.format();
    if (format == null)
      throw new FrameException(
          0, "INPUT_PIXEL_TYPE", "The image has colours. Choose a camera with grey pixels of 8, 16 or 32 bits.");
    String kind = format + " " + frame.width() + " " + frame.height();
    if (stream == null || !kind.equals(streamKind)) {
      endStream();
      stream =
          connection.openStream(
              new StreamOptions(
                  settings.model(), frame.width(), frame.height(), format, false, settings.maxLocalCount()));
      streamKind = kind;
    }
    byte[] bytes = frame.bytes();
    while (!stream.trySend(bytes, frame.identity())) stream.poll(1, TimeUnit.SECONDS);
    Prediction prediction = null;
    while (prediction == null) prediction = stream.poll(1, TimeUnit.SECONDS);
    return prediction;
  }

  private void endStream() {
    if (stream != null) stream.close();
    stream = null;
  }
}
