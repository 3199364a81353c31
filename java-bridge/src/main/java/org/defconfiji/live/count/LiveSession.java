package org.defconfiji.live.count;

import ij.ImagePlus;
import java.io.Closeable;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.live.LiveListener;
import org.defconfiji.live.ThresholdState;
import org.defconfiji.live.source.FrameSource;
import org.defconfiji.live.source.LiveFrame;
import org.defconfiji.live.source.LiveStatus;

/** One live count from its start to its end: its frames, their counts, the log and the hooks. */
public final class LiveSession implements Closeable {
  private final LiveSettings settings;
  private final LiveStatistics statistics;
  private final LiveCounter counter;
  private final FrameSource source;
  private final Thresholds thresholds;
  private final MacroHook hook;
  private final History history;
  private final LiveListener listener;
  private volatile LiveLog log;
  private volatile String logTrouble = "";
  private volatile List<RoiShape> shapes = Collections.emptyList();
  private volatile boolean mapShown;
  private volatile LiveControl control;
  private final AtomicReference<FrameCount> latest = new AtomicReference<>();
  private ThresholdState state = ThresholdState.NORMAL;

  private LiveSession(
      LiveSettings settings,
      Daemon daemon,
      LiveStatistics statistics,
      Predicate<ImagePlus> own,
      LiveListener listener) {
    this.settings = settings;
    this.statistics = statistics;
    this.counter = new LiveCounter(daemon, settings.model, statistics, this::counted);
    this.source = new FrameSource(counter, own);
    this.thresholds = new Thresholds(settings.low, settings.high, settings.hysteresis);
    this.hook = new MacroHook(settings.beep, settings.macro);
    this.history = new History(settings.points);
    this.listener = listener;
  }

  /**
   * Starts counting the active image.
   *
   * @param statistics continued from an earlier session when only the settings change
   * @param own tells which images show this plugin's results and must not be followed
   * @param listener receives each count on the counting thread and must not block it
   */
  public static LiveSession start(
      LiveSettings settings,
      Daemon daemon,
      LiveStatistics statistics,
      Predicate<ImagePlus> own,
      LiveListener listener) {
    LiveSession session = new LiveSession(settings, daemon, statistics, own, listener);
    if (settings.log) session.startLog();
    session.counter.start();
    session.source.start();
    return session;
  }

  public LiveSettings settings() {
    return settings;
  }

  public LiveStatistics statistics() {
    return statistics;
  }

  /**
   * Pauses or continues. Frames during a pause are not skipped ones. Then the newest is counted.
   */
  public void pause(boolean paused) {
    counter.pause(paused);
  }

  /** Whether counting is paused. */
  public boolean paused() {
    return counter.paused();
  }

  /** What the counter does now, or what keeps it from counting. */
  public LiveStatus status() {
    return counter.status();
  }

  /** The models that the daemon offered when it was last found. Empty before that. */
  public List<String> models() {
    return counter.models();
  }

  /** The image that is followed, or null. */
  public ImagePlus image() {
    return source.image();
  }

  /** The newest count, or null. */
  public FrameCount latest() {
    return latest.get();
  }

  /** The log that is being written, or null. */
  public LiveLog log() {
    return log;
  }

  /** Begins a new log file. {@link #trouble()} reports a failure. */
  public void startLog() {
    stopLog();
    try {
      log = LiveLog.create(settings.folder, LocalDateTime.now());
    } catch (IOException failed) {
      logTrouble =
          "The log cannot be written to " + settings.folder + " (" + failed + "). Counting continues. Choose another folder"
              + " under Settings.";
    }
  }

  /** Ends the log. Counting continues. */
  public void stopLog() {
    logTrouble = "";
    LiveLog before = log;
    log = null;
    if (before != null) before.close();
  }

  /** A message about trouble with the log or the macro. Empty if all is well. */
  public String trouble() {
    LiveLog now = log;
    String ofLog = now == null ? logTrouble : now.trouble();
    return (ofLog + " " + hook.trouble()).trim();
  }

  /** The watched values of the last frames. */
  public History.Points history() {
    return history.points();
  }

  /** Gives each count to a control from now on. @param steering null for none */
  public void steer(LiveControl steering) {
    control = steering;
  }

  /** Sets whether somebody looks at density maps. */
  public void showMap(boolean shown) {
    mapShown = shown;
    counter.wantMaps(shown || !shapes.isEmpty());
  }

  /** Counts inside these selections from now on, also in the last frame. */
  public void count(List<RoiShape> now) {
    List<RoiShape> before = shapes;
    boolean same = now.size() == before.size();
    for (int i = 0; same && i < now.size(); i++) same = now.get(i).same(before.get(i));
    if (same) return;
    shapes = now;
    counter.wantMaps(mapShown || !now.isEmpty());
    FrameCount last = latest.get();
    if (last == null) return;
    latest.compareAndSet(last, last.with(RoiCounts.of(last.density(), last.width(), last.height(), now)));
  }

  private void counted(LiveStream.Counted counted, boolean again) {
    LiveFrame frame = counted.frame;
    float[] density = counted.prediction.density();
    Map<String, Double> rois = RoiCounts.of(density, frame.width(), frame.height(), shapes);
    double latencyMs = (System.nanoTime() - frame.nanos()) / 1e6;
    FrameCount count =
        new FrameCount(
            frame,
            counted.prediction.count(),
            counted.prediction.maxLocalCount(),
            counted.prediction.certainty(),
            density,
            rois,
            latencyMs,
            counted.prediction.times().engineMs(),
            statistics.skipped(),
            state);
    if (!again) count = note(count);
    latest.set(count);
  }

  private FrameCount note(FrameCount found) {
    ThresholdState before = state;
    state = thresholds.after(settings.watch.of(found));
    FrameCount count = found.in(state);
    LiveControl steering = control;
    if (steering != null) count = count.with(steering.counted(count));
    statistics.counted(System.nanoTime(), count.latencyMs(), count.engineMs());
    history.add(settings.watch.of(count), settings.watch.errorOf(count));
    LiveLog now = log;
    if (now != null) now.write(count);
    listener.counted(count);
    if (state != before) hook.crossed(count);
    return count;
  }

  /** Ends the live count. Never waits. */
  @Override
  public void close() {
    source.close();
    counter.close();
    hook.close();
    stopLog();
  }
}
