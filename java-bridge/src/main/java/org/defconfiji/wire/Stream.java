package org.defconfiji.wire;

import com.google.protobuf.UnsafeByteOperations;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.defconfiji.protocol.ClientMessage;
import org.defconfiji.protocol.CloseStream;
import org.defconfiji.protocol.Frame;
import org.defconfiji.protocol.Result;
import org.defconfiji.protocol.ServerMessage;
import org.defconfiji.protocol.StreamOpened;

/**
 * Sends frames of one size and type to one model.
 *
 * <p>A frame may be sent when the daemon has given credit. Every frame is answered once, in the
 * order of sending, with a prediction or an exception. In a latest-only stream the daemon drops a
 * waiting frame when a newer one comes. A dropped frame has no answer here; the numbers of the
 * answers show which frames were dropped.
 */
public final class Stream implements Closeable {
  /** The answer to a frame: a prediction or an error. */
  private static final class Answer {
    final Prediction prediction;
    final WireException error;

    Answer(Prediction prediction, WireException error) {
      this.prediction = prediction;
      this.error = error;
    }
  }

  private final Streams streams;
  private final int id;
  private final StreamOptions options;
  private final Deque<Answer> answers = new ArrayDeque<>();
  /** The numbers of the frames that were sent and not answered, oldest first. */
  private final Deque<Long> due = new ArrayDeque<>();
  private StreamOpened opened;
  /** Through which frames and maps go; null where they go in messages alone. */
  private FrameSlots slots;
  private long credits;
  private long sent;
  private WireException failure;
  private volatile Runnable changed = () -> {};

  Stream(Streams streams, int id, StreamOptions options) {
    this.streams = streams;
    this.id = id;
    this.options = options;
  }

  synchronized void awaitOpened() throws WireException {
    while (opened == null && failure == null) await(0);
    if (failure != null) throw failure;
  }

  /** Side of the max local count's square, pixels. */
  public synchronized int pool() {
    return opened.getPool();
  }

  /** The name of the model that counts. */
  public synchronized String model() {
    return opened.getModel().getName();
  }

  /** The number of sent frames whose answers {@link #poll} has not returned yet. */
  synchronized long outstanding() {
    return due.size() + answers.size();
  }

  /** The number of the next frame, from 0. */
  public synchronized long nextSequence() {
    return sent;
  }

  /**
   * Sets a callback for every message about this stream and for its end.
   *
   * <p>It runs on the connection's thread and must not block. It is for threads that wait for more
   * than this stream.
   */
  public void whenChanged(Runnable told) {
    changed = told;
    told.run();
  }

  /**
   * Sends a frame if the daemon has given credit for it. Only one thread may send.
   *
   * @param pixels the frame, little endian, row by row from the top left; read before this returns
   * @param identity what is to come back with the result
   * @return whether it was sent
   * @throws WireException the stream or its connection has ended
   */
  public boolean trySend(byte[] pixels, FrameIdentity identity) throws WireException {
    if (pixels.length != options.frameBytes())
      throw new IllegalArgumentException(
          "a frame of this stream has " + options.frameBytes() + " bytes, not " + pixels.length);
    long sequence;
    FrameSlots through;
    synchronized (this) {
      if (failure != null) throw failure;
      if (credits == 0) return false;
      credits--;
      sequence = sent++;
      due.add(sequence);
      through = slots;
    }
    Frame.Builder frame = Frame.newBuilder().setStream(id).setSequence(sequence);
    int slot = through == null ? -1 : through.write(sequence, pixels);
    if (slot >= 0) frame.setSlot(slot);
    else frame.setPixels(UnsafeByteOperations.unsafeWrap(pixels));
    if (identity != FrameIdentity.NONE) frame.setIdentity(identity.message());
    streams.send(ClientMessage.newBuilder().setFrame(frame).build());
    return true;
  }

  /** Sends a frame of which nothing is said, if the daemon has given credit for it. */
  public boolean trySend(byte[] pixels) throws WireException {
    return trySend(pixels, FrameIdentity.NONE);
  }

  /**
   * Waits for the next answer, for credit, or until the time is over.
   *
   * @return the prediction; null if there is no answer yet
   * @throws FrameException this frame has no result; the stream continues
   * @throws WireException the stream or its connection has ended
   */
  public synchronized Prediction poll(long timeout, TimeUnit unit) throws WireException {
    long deadline = System.nanoTime() + unit.toNanos(timeout);
    long creditsBefore = credits;
    long left = deadline - System.nanoTime();
    while (answers.isEmpty() && failure == null && credits <= creditsBefore && left > 0) {
      await(left);
      left = deadline - System.nanoTime();
    }
    Answer answer = answers.poll();
    if (answer == null) {
      if (failure != null) throw failure;
      return null;
    }
    if (answer.error != null) throw answer.error;
    return answer.prediction;
  }

  /** Counts one frame and waits for it. No other frame may be under way. */
  public Prediction predict(byte[] pixels) throws WireException {
    while (!trySend(pixels)) poll(1, TimeUnit.SECONDS);
    Prediction prediction = null;
    while (prediction == null) prediction = poll(1, TimeUnit.SECONDS);
    return prediction;
  }

  /** Ends the stream. Waiting frames are dropped. */
  @Override
  public void close() {
    CloseStream.Builder close = CloseStream.newBuilder().setStream(id).setDiscard(true);
    streams.forget(id);
    fail(new ConnectionLostException("This stream of frames was closed."));
    streams.send(ClientMessage.newBuilder().setCloseStream(close).build());
  }

  void fail(WireException error) {
    synchronized (this) {
      end(error);
      notifyAll();
    }
    changed.run();
  }

  private void end(WireException error) {
    if (failure == null) failure = error;
    if (slots != null) slots.close();
  }

  void received(ServerMessage message) {
    synchronized (this) {
      take(message);
      notifyAll();
    }
    changed.run();
  }

  private void take(ServerMessage message) {
    switch (message.getMessageCase()) {
      case STREAM_OPENED:
        opened = message.getStreamOpened();
        credits = opened.getCredits();
        if (opened.hasSlots()) slots = FrameSlots.open(opened.getSlots());
        break;
      case CREDIT:
        credits += message.getCredit().getCredits();
        break;
      case RESULT:
        answer(message.getResult());
        break;
      case DROPPED:
        dropped(message.getDropped().getSequence());
        break;
      case ERROR:
        refused(message.getError());
        break;
      default:
        end(new ConnectionLostException("The DEFCoN daemon closed the stream. Run the command again."));
    }
  }

  private void refused(org.defconfiji.protocol.Error error) {
    long sequence = error.getSequence();
    if (!error.getAboutFrame()) end(WireErrors.of(error));
    else answer(sequence, new Answer(null, new FrameException(sequence, error.getCode(), error.getMessage())));
  }

  private void answer(Result result) {
    int pixels = options.density() ? options.width() * options.height() : 0;
    if (result.getDensityInSlot()) {
      answerFromSlot(result, new float[pixels]);
      return;
    }
    int expected = 4 * pixels;
    if (result.getDensity().size() == expected)
      answer(result.getSequence(), new Answer(prediction(result), null));
    else
      end(new ProtocolException(
          ProtocolException.MESSAGE,
          "The DEFCoN daemon sent a density map of " + result.getDensity().size() + " bytes, expected " + expected
              + ". Update the plugin and the daemon."));
  }

  private void answerFromSlot(Result result, float[] density) {
    if (slots != null && slots.readDensity(result.getSequence(), density))
      answer(result.getSequence(), new Answer(new Prediction(result, density), null));
    else
      end(new ProtocolException(
          ProtocolException.MESSAGE,
          "The file in which the DEFCoN daemon leaves density maps was changed by another program. Run the command"
              + " again."));
  }

  private void answer(long sequence, Answer answer) {
    if (slots != null) slots.free(sequence);
    if (due.isEmpty() || due.peekFirst() != sequence) {
      endUnexpected(sequence);
      return;
    }
    due.removeFirst();
    answers.add(answer);
  }

  /** Takes a dropped frame. Only a latest-only stream drops frames while it continues. */
  private void dropped(long sequence) {
    if (!options.latestOnly())
      answer(
          sequence,
          new Answer(
              null,
              new FrameException(sequence, DaemonException.STOPPING, "The DEFCoN daemon dropped the frame: it is stopping.")));
    else if (!due.remove(sequence)) endUnexpected(sequence);
    else if (slots != null) slots.free(sequence);
  }

  private void endUnexpected(long sequence) {
    String expected = due.isEmpty() ? "no frame" : "frame " + due.peekFirst();
    end(new ProtocolException(
        ProtocolException.MESSAGE,
        "The DEFCoN daemon answered frame " + sequence + ", expected " + expected
            + ". Update the plugin and the daemon."));
  }

  private static Prediction prediction(Result result) {
    ByteBuffer bytes = result.getDensity().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] density = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(density);
    return new Prediction(result, density);
  }

  /**
   * Waits on this object.
   *
   * @param nanos the longest wait; 0: until notified
   */
  private void await(long nanos) throws CancelledException {
    try {
      if (nanos == 0) wait();
      else TimeUnit.NANOSECONDS.timedWait(this, nanos);
    } catch (InterruptedException interrupted) {
      throw new CancelledException(interrupted);
    }
  }
}
