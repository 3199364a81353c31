package org.defconfiji.live.count;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.PixelFormat;
import org.defconfiji.wire.Prediction;
import org.defconfiji.wire.Stream;
import org.defconfiji.wire.StreamOptions;
import org.defconfiji.wire.WireException;

/** Sends live frames of any size and type to the daemon, over one latest-only stream at a time. */
final class LiveStream implements Closeable {
  /** The weight of the newest time in the running means of engine and transfer times. */
  private static final double NEWEST_SHARE = 0.2;
  /** The daemon counts as lost after this. A large frame on a slow processor takes 20 s. */
  private static final long SILENCE_S = 60;

  /** A frame that was sent. */
  private static final class Sent {
    final long sequence;
    final LiveFrame frame;
    final boolean again;
    final long nanos = System.nanoTime();

    Sent(long sequence, LiveFrame frame, boolean again) {
      this.sequence = sequence;
      this.frame = frame;
      this.again = again;
    }
  }

  /** A frame that was counted. */
  static final class Counted {
    final LiveFrame frame;
    final Prediction prediction;
    /** Whether the frame was counted before and was sent only for its map. */
    final boolean again;

    Counted(Sent sent, Prediction prediction) {
      this.frame = sent.frame;
      this.prediction = prediction;
      this.again = sent.again;
    }
  }

  private final Connection connection;
  private final String model;
  private final Runnable wake;
  private final LiveStatistics statistics;
  private final Deque<Sent> pending = new ArrayDeque<>();
  private Stream stream;
  private int width;
  private int height;
  private PixelFormat format;
  private double pixelSize;
  private boolean density;
  /** The estimated time at which the engine began with the oldest frame under way. */
  private long begunNanos;
  private double engineNanos;
  /** The transfer time, to the daemon and back. */
  private double wayNanos;
  private byte[] scratch = new byte[0];

  /**
   * @param wake called on another thread when an answer or room for a frame may have come; must not
   *     block
   */
  LiveStream(Connection connection, String model, Runnable wake, LiveStatistics statistics) {
    this.connection = connection;
    this.model = model;
    this.wake = wake;
    this.statistics = statistics;
  }

  /** Names the model and the engine for a status line: "defcon (onnxruntime, cpu)". */
  String engine() {
    String engine = connection.engine();
    return stream == null ? engine : stream.model() + " (" + engine + ")";
  }

  /**
   * How long to keep a frame back, ns, so that it arrives just before the engine is free.
   *
   * <p>A newer frame may come until then. Sending frames that are never counted takes processor
   * time from the engine.
   */
  long keepBackNanos() {
    if (pending.isEmpty()) return 0;
    double due =
        pending.size() == 1
            ? begunNanos + engineNanos - wayNanos / 2
            // The engine is slower than expected. The waiting frame is replaced from time to time.
            : pending.peekLast().nanos + engineNanos / 2;
    return Math.max(0, (long) due - System.nanoTime());
  }

  /**
   * Sends a frame over a stream of its size and type.
   *
   * @param map whether its density map is wanted
   * @param again whether it was counted before
   * @return false if the daemon accepts no frame now
   */
  boolean trySend(LiveFrame frame, boolean map, boolean again) throws WireException {
    if (!takes(frame, map)) open(frame, map);
    long sequence = stream.nextSequence();
    byte[] bytes = frame.wire(scratch);
    if (frame.format() != PixelFormat.UINT8) scratch = bytes;
    if (!stream.trySend(bytes)) return false;
    if (pending.isEmpty()) begunNanos = System.nanoTime() + (long) (wayNanos / 2);
    pending.add(new Sent(sequence, frame, again));
    return true;
  }

  private boolean takes(LiveFrame frame, boolean map) {
    return stream != null
        && frame.width() == width
        && frame.height() == height
        && frame.format() == format
        && frame.pixelSize() == pixelSize
        && map == density;
  }

  private void open(LiveFrame frame, boolean map) throws WireException {
    closeStream();
    width = frame.width();
    height = frame.height();
    format = frame.format();
    pixelSize = frame.pixelSize();
    density = map;
    StreamOptions options = new StreamOptions(model, width, height, format, map, true);
    stream = connection.openStream(options.ofPixelSize(pixelSize).onlyLatest());
    stream.whenChanged(wake);
  }

  /**
   * The next frame that was counted, or null.
   *
   * @throws FrameException a frame cannot be counted; the stream continues
   * @throws WireException the daemon is lost
   */
  Counted take() throws WireException {
    if (stream == null) return null;
    try {
      Prediction prediction = stream.poll(0, TimeUnit.MILLISECONDS);
      if (prediction == null) return null;
      Sent sent = sent(prediction.sequence());
      learn(sent, prediction);
      return new Counted(sent, prediction);
    } catch (FrameException refused) {
      skip(sent(refused.sequence()));
      throw refused;
    }
  }

  private void learn(Sent sent, Prediction prediction) {
    long now = System.nanoTime();
    double engine = prediction.times().engineMs() * 1e6;
    double way = Math.max(0, now - sent.nanos - engine - prediction.times().waitedMs() * 1e6);
    engineNanos += (engine - engineNanos) * NEWEST_SHARE;
    wayNanos += (way - wayNanos) * NEWEST_SHARE;
    begunNanos = now;
  }

  /**
   * Finds the frame of an answer. Answers keep the order, so earlier unanswered frames were
   * dropped.
   */
  private Sent sent(long sequence) {
    Sent sent = pending.remove();
    while (sent.sequence != sequence) {
      skip(sent);
      sent = pending.remove();
    }
    return sent;
  }

  private void skip(Sent sent) {
    if (!sent.again) statistics.skipped(1);
  }

  /**
   * Checks that the daemon still answers.
   *
   * @throws ConnectionLostException it has not answered a frame for a minute
   */
  void refuseSilence() throws ConnectionLostException {
    if (pending.isEmpty() || System.nanoTime() - pending.peek().nanos < TimeUnit.SECONDS.toNanos(SILENCE_S)) return;
    throw new ConnectionLostException("The DEFCoN daemon has not answered for " + SILENCE_S + " seconds.");
  }

  private void closeStream() {
    for (Sent sent : pending) skip(sent);
    pending.clear();
    if (stream != null) stream.close();
    stream = null;
  }

  /** Whether every sent frame is answered. */
  boolean idle() {
    return pending.isEmpty();
  }

  /**
   * Gives up the frames under way. The last one is not counted as skipped: it may be sent again.
   */
  @Override
  public void close() {
    pending.pollLast();
    closeStream();
    connection.close();
  }
}
