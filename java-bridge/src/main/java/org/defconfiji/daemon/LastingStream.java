package org.defconfiji.daemon;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.DaemonException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/**
 * A stream of frames that outlives its connection: frames that were not answered are kept, and sent again over the next
 * one. Each frame is answered once, in the order of sending. One thread uses it.
 */
public final class LastingStream implements Closeable {
  /** Connections that may break off one after the other without an answer in between: a frame may be what ends the daemon. */
  private static final int MAX_BREAKS = 3;

  private final LastingConnection connection;
  private final StreamOptions options;
  /** Frames without an answer, oldest first. */
  private final Deque<byte[]> unanswered = new ArrayDeque<>();
  private Stream stream;
  /** How many of them the present stream has been sent. */
  private int sent;
  private long answered;
  private int breaks;

  LastingStream(LastingConnection connection, StreamOptions options) throws WireException {
    this.connection = connection;
    this.options = options;
    attempt(() -> true);
  }

  /** Side of the window of the max local count, pixels. */
  public int pool() {
    return stream.pool();
  }

  /** The name of the model that counts. */
  public String model() {
    return stream.model();
  }

  /**
   * Sends a frame if there is credit for it; the bytes must stay as they are until it is answered.
   *
   * @param pixels the frame, little endian, row by row from the top left
   * @return whether it was sent
   * @throws WireException the daemon refuses it, or cannot be reached any more
   */
  public boolean trySend(byte[] pixels) throws WireException {
    Boolean gone = attempt(() -> {
      sendAgain();
      return sent == unanswered.size() && stream.trySend(pixels);
    });
    if (!gone) return false;
    unanswered.add(pixels);
    sent++;
    return true;
  }

  /**
   * The next answer. Waits until there is one, or credit for a frame, or the time is over.
   *
   * @return the prediction, numbered from the first frame on, or null where only credit came, or nothing
   * @throws FrameException this frame got no result; the stream goes on
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

  /** Frames that an earlier connection took with it. */
  private void sendAgain() throws WireException {
    Iterator<byte[]> frames = unanswered.iterator();
    for (int i = 0; i < sent; i++) frames.next();
    while (frames.hasNext() && stream.trySend(frames.next())) sent++;
  }

  private interface Step<T> {
    T take() throws WireException;
  }

  /** Takes a step on an open stream; where the connection breaks off, on the next one. */
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

  /** A daemon that stops answers what comes too late with its code. */
  private static boolean isLost(WireException error) {
    return error instanceof ConnectionLostException || error.code().equals(DaemonException.STOPPING);
  }
}
