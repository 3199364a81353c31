package org.defconfiji.wire;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.ServerMessage;

/** The open streams of a connection. */
final class Streams {
  /** Bytes of a message that are not pixels. */
  private static final int ENVELOPE_BYTES = 1_024;

  private final Consumer<ClientMessage> send;
  private final boolean isLocal;
  private final AtomicInteger nextId = new AtomicInteger(1);
  private final Map<Integer, Stream> open = new ConcurrentHashMap<>();
  private volatile WireException failure;

  /**
   * @param send sends a message to the daemon without waiting
   * @param isLocal whether the daemon may be on this machine
   */
  Streams(Consumer<ClientMessage> send, boolean isLocal) {
    this.send = send;
    this.isLocal = isLocal;
  }

  /**
   * Opens a stream and waits until the daemon agrees.
   *
   * @param mostBytes the size of the largest message that the daemon takes; 0: not known
   * @throws RefusedException the daemon has no such model or takes no frames of that size
   */
  Stream open(StreamOptions options, long mostBytes) throws WireException {
    refuseLargeFrames(options, mostBytes);
    int id = nextId.getAndIncrement();
    Stream stream = new Stream(this, id, options);
    open.put(id, stream);
    WireException lost = failure;
    if (lost != null) stream.fail(lost);
    send(ClientMessage.newBuilder().setOpenStream(options.message(id).setTakeSlots(isLocal)).build());
    try {
      stream.awaitOpened();
    } catch (WireException error) {
      open.remove(id);
      throw error;
    }
    return stream;
  }

  private static void refuseLargeFrames(StreamOptions options, long mostBytes) throws RefusedException {
    long density = options.density() ? 4L * options.width() * options.height() : 0;
    long largest = Math.max(options.frameBytes(), density) + ENVELOPE_BYTES;
    if (mostBytes == 0 || largest <= mostBytes) return;
    String advice = "Select a smaller rectangle and count that.";
    throw new RefusedException(
        "INPUT_SIZE",
        "A frame of " + options.width() + " x " + options.height() + " pixels needs messages of " + largest
            + " bytes, but the daemon takes at most " + mostBytes + ". " + advice,
        advice);
  }

  void send(ClientMessage message) {
    send.accept(message);
  }

  /** Stops delivering messages to a stream. */
  void forget(int id) {
    open.remove(id);
  }

  /** Delivers a message. A message for a stream that was closed is dropped. */
  void received(int id, ServerMessage message) {
    Stream stream = open.get(id);
    if (stream != null) stream.received(message);
  }

  /** Ends all streams. */
  void fail(WireException error) {
    failure = error;
    for (Stream stream : open.values()) stream.fail(error);
  }
}
