package org.defconfiji.live.count;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.live.source.FrameSink;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.live.source.LiveStatus;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.FrameException;
import org.defconfiji.wire.ModelInfo;
import org.defconfiji.wire.RefusedException;
import org.defconfiji.wire.WireException;

/**
 * Sends the newest frame to the daemon, again and again, on a thread of its own.
 *
 * <p>Finds or starts the daemon, also after it is lost. A frame that was under way then is counted
 * again, unless a newer one has come.
 */
final class LiveCounter implements FrameSink, Closeable {
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  /** The shortest pause while the daemon accepts no frame, so that this thread does not spin. */
  private static final long SHORTEST_WAIT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long FIRST_RETRY_MS = 250;
  private static final long LAST_RETRY_MS = 10_000;
  /**
   * After a refusal the retry comes soon, because the user may have changed the image or the model.
   */
  private static final long REFUSED_RETRY_MS = 2_000;

  /** Receives the results on the thread of the counter. */
  interface Receiver {
    /**
     * Takes a result.
     *
     * @param again whether the frame was counted before and this result only adds its map
     */
    void counted(LiveStream.Counted counted, boolean again);
  }

  private final Daemon daemon;
  private final String model;
  private final LiveStatistics statistics;
  private final Receiver receiver;
  private final Thread thread = new Thread(this::run, "DEFCoN live counter");
  private final AtomicReference<LiveFrame> waiting = new AtomicReference<>();
  private volatile boolean closed;
  private volatile boolean paused;
  private volatile boolean maps;
  private volatile LiveStatus status = LiveStatus.fine("Starting...");
  private volatile LiveStatus nothing;
  private volatile List<String> models = Collections.emptyList();
  private LiveFrame newest;
  private boolean newestAnswered;
  private boolean newestHasMap;
  private int failures;
  private boolean refused;

  /** @param model a model's name or path, or an empty string for the default model */
  LiveCounter(Daemon daemon, String model, LiveStatistics statistics, Receiver receiver) {
    this.daemon = daemon;
    this.model = model;
    this.statistics = statistics;
    this.receiver = receiver;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void offer(LiveFrame frame) {
    nothing = null;
    boolean skipping = !paused;
    if (skipping) statistics.seen(frame.nanos());
    LiveFrame before = waiting.getAndSet(frame);
    if (before != null) {
      before.release();
      if (skipping) statistics.skipped(1);
    }
    wake();
  }

  @Override
  public void missed(int frames) {
    if (!paused) statistics.skipped(frames);
  }

  @Override
  public void nothing(LiveStatus why) {
    nothing = why;
  }

  /**
   * Pauses or continues. Frames during a pause are not skipped ones. Then the newest is counted.
   */
  void pause(boolean paused) {
    this.paused = paused;
    wake();
  }

  boolean paused() {
    return paused;
  }

  /** Sets whether density maps are wanted. The last frame also gets its map. */
  void wantMaps(boolean wanted) {
    if (wanted == maps) return;
    maps = wanted;
    wake();
  }

  LiveStatus status() {
    LiveStatus now = status;
    if (now.isTrouble()) return now;
    if (paused) return LiveStatus.fine("Paused");
    LiveStatus instead = nothing;
    return instead == null ? now : instead;
  }

  /** The models that the daemon offered when it was last found. Empty before that. */
  List<String> models() {
    return models;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    wake();
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closed) {
      try {
        if (failures == 0) status = LiveStatus.fine("Connecting to the DEFCoN daemon...");
        try (LiveStream stream = connect()) {
          if (!refused) status = LiveStatus.fine("Connected, waiting for a frame");
          pump(stream);
        } finally {
          keepNewest();
        }
      } catch (WireException lost) {
        refused = lost instanceof RefusedException;
        boolean brokenOff = lost instanceof ConnectionLostException;
        retryLater(
            brokenOff ? "The connection to the DEFCoN daemon was lost." : lost.getMessage(),
            refused ? REFUSED_RETRY_MS : LAST_RETRY_MS);
      } catch (RuntimeException unexpected) {
        retryLater("Unexpected error in live count: " + unexpected, LAST_RETRY_MS);
      }
    }
  }

  private LiveStream connect() throws WireException {
    Connection connection = daemon.connect(() -> closed);
    List<String> names = new ArrayList<>();
    for (ModelInfo offered : connection.models()) names.add(offered.name());
    models = Collections.unmodifiableList(names);
    return new LiveStream(connection, model, this::wake, statistics);
  }

  /** Keeps the frame under way for the next daemon, unless a newer one has come. */
  private void keepNewest() {
    if (newest == null || newestAnswered) return;
    if (waiting.compareAndSet(null, newest)) newest = null;
    else statistics.skipped(1);
    newestAnswered = true;
  }

  private void retryLater(String why, long mostMs) {
    if (closed) return;
    long delay = failures == 0 ? 0 : Math.min(mostMs, FIRST_RETRY_MS << Math.min(failures - 1, 10));
    failures++;
    String next = delay < 1_000 ? " Trying again." : " Trying again every " + delay / 1_000 + " s.";
    status = LiveStatus.trouble(why + next);
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay);
    while (!closed && System.nanoTime() - until < 0) LockSupport.parkNanos(this, until - System.nanoTime());
  }

  private void pump(LiveStream stream) throws WireException {
    while (!closed) {
      boolean busy = take(stream);
      busy |= send(stream);
      if (busy) continue;
      stream.refuseSilence();
      boolean keptBack = waiting.get() != null && !paused;
      long wait = keptBack ? Math.max(SHORTEST_WAIT_NANOS, stream.keepBackNanos()) : WAIT_NANOS;
      LockSupport.parkNanos(this, Math.min(WAIT_NANOS, wait));
    }
  }

  private boolean take(LiveStream stream) throws WireException {
    LiveStream.Counted counted;
    try {
      counted = stream.take();
    } catch (FrameException refused) {
      newestAnswered = stream.idle();
      status = LiveStatus.trouble("Frame not counted: " + refused.getMessage());
      return true;
    }
    if (counted == null) return false;
    if (counted.frame == newest) newestAnswered = true;
    failures = 0;
    refused = false;
    receiver.counted(counted, counted.again);
    status = LiveStatus.fine("Counting with " + stream.engine());
    return true;
  }

  private boolean send(LiveStream stream) throws WireException {
    LiveFrame frame = paused ? null : waiting.get();
    if (frame == null) return sendForMap(stream);
    if (stream.keepBackNanos() > 0) return false;
    frame = waiting.getAndSet(null);
    boolean map = maps;
    boolean sent = false;
    try {
      sent = stream.trySend(frame, map, false);
    } finally {
      if (!sent) putBack(frame);
    }
    if (sent) becomesNewest(frame, map);
    return sent;
  }

  /** Sends the last frame once more if its map is wanted now and was not wanted before. */
  private boolean sendForMap(LiveStream stream) throws WireException {
    boolean wanted = maps && newest != null && newestAnswered && !newestHasMap;
    if (!wanted || stream.keepBackNanos() > 0 || !stream.trySend(newest, true, true)) return false;
    newestHasMap = true;
    return true;
  }

  private void putBack(LiveFrame frame) {
    if (waiting.compareAndSet(null, frame)) return;
    frame.release();
    statistics.skipped(1);
  }

  private void becomesNewest(LiveFrame frame, boolean map) {
    if (newest != null) newest.release();
    newest = frame;
    newestAnswered = false;
    newestHasMap = map;
  }
}
