package org.defconfiji.daemon;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.FrameIdentity;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * A stream that survives the loss of its connection: it sends unanswered frames again.
 *
 * <p>Each frame is answered once, in the order of sending. Only one thread may use it.
 */
public final class LastingStream implements Closeable {
  /**
   * After this many losses without an answer in between it gives up: a frame may crash the daemon.
   */
  private static final int MAX_BREAKS = 3;

  private final LastingConnection connection;
  private final StreamOptions options;
  /** The frames without an answer, oldest first. */
  private final Deque<Unanswered> unanswered = new ArrayDeque<>();
  private Stream stream;
  /** The number of unanswered frames that the present stream was sent. */
  private int sent;
  private long answered;
  private int breaks;

  LastingStream(LastingConnection connection, StreamOptions options) throws WireException {
    this.connection = connection;
    this.options = options;
    attempt(() -> true);
  }

  /** Side of the max local count's square, pixels. */
  public int pool() {
    return stream.pool();
  }

  /** The name of the model that counts. */
  public String model() {
    return stream.model();
  }

  /** Sends a frame of which nothing is said, if the daemon accepts one now. */
  public boolean trySend(byte[] pixels) throws WireException {
    return trySend(pixels, FrameIdentity.NONE);
  }

  /**
   * Sends a frame if the daemon accepts one now. The array must not change until it is answered.
   *
   * @param pixels the frame, little endian, row by row from the top left
   * @param identity what is to come back with the result
   * @return whether it was sent
   * @throws WireException the daemon refuses the frame or cannot be reached any more
   */
  public boolean trySend(byte[] pixels, FrameIdentity identity) throws WireException {
    Unanswered frame = new Unanswered(pixels, identity);
    Boolean gone = attempt(() -> {
      sendAgain();
      return sent == unanswered.size() && frame.trySend(stream);
    });
    if (!gone) return false;
    unanswered.add(frame);
    sent++;
    return true;
  }

  /**
   * Waits for the next answer, until a frame may be sent, or until the time is over.
   *
   * @return the prediction, numbered from the first frame; null if there is no answer yet
   * @throws FrameException this frame has no result; the stream continues
   * @throws WireException the daemon cannot be reached any more
   */
  public Prediction poll(long timeout, TimeUnit unit) throws WireException {
    Prediction prediction;
    try {
      prediction = attempt(() -> {
        sendAgain();
        return stream.poll(timeout, unit);
      });
    } catch (FrameException aboutFrame) {
      long sequence = answered;
      settle();
      throw new FrameException(sequence, aboutFrame.code(), aboutFrame.getMessage());
    }
    if (prediction == null) return null;
    long sequence = answered;
    settle();
    return prediction.numbered(sequence);
  }

  @Override
  public void close() {
    if (stream != null) stream.close();
    stream = null;
  }

  private void settle() {
    unanswered.remove();
    sent--;
    answered++;
    breaks = 0;
  }

  /** Sends the frames again that were lost with an earlier connection. */
  private void sendAgain() throws WireException {
    Iterator<Unanswered> frames = unanswered.iterator();
    for (int i = 0; i < sent; i++) frames.next();
    while (frames.hasNext() && frames.next().trySend(stream)) sent++;
  }

  private static final class Unanswered {
    private final byte[] pixels;
    private final FrameIdentity identity;

    Unanswered(byte[] pixels, FrameIdentity identity) {
      this.pixels = pixels;
      this.identity = identity;
    }

    boolean trySend(Stream stream) throws WireException {
      return stream.trySend(pixels, identity);
    }
  }

  private interface Step<T> {
    T take() throws WireException;
  }

  /**
   * Runs a step on an open stream. If the connection is lost, the step runs again on the next one.
   */
  private <T> T attempt(Step<T> step) throws WireException {
    while (true) {
      try {
        if (stream == null) stream = connection.current().openStream(options);
        return step.take();
      } catch (WireException error) {
        if (!isLost(error) || ++breaks > MAX_BREAKS) throw error;
        stream = null;
        sent = 0;
        connection.discard();
      }
    }
  }

  /** Whether the connection is lost. A stopping daemon answers late frames with DAEMON_STOPPING. */
  private static boolean isLost(WireException error) {
    return error instanceof ConnectionLostException || error.code().equals(DaemonException.STOPPING);
  }
}
