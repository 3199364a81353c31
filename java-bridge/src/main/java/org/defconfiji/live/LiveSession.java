package org.defconfiji.live;

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

/** A live count from its start to its end: the image's frames, their counts, and everything that is done with these. */
final class LiveSession implements Closeable {
  private final LiveSettings settings;
  private final LiveStatistics statistics;
  private final LiveCounter counter;
  private final FrameSource source;
  private final Thresholds thresholds;
  private final MacroHook hook;
  private final History history;
  private volatile LiveLog log;
  private volatile String logTrouble = "";
  private volatile List<RoiShape> shapes = Collections.emptyList();
  private volatile boolean mapShown;
  private final AtomicReference<LiveCount> latest = new AtomicReference<>();
  private ThresholdState state = ThresholdState.NORMAL;

  private LiveSession(LiveSettings settings, Daemon daemon, LiveStatistics statistics, Predicate<ImagePlus> own) {
    this.settings = settings;
    this.statistics = statistics;
    this.counter = new LiveCounter(daemon, settings.model, statistics, this::counted);
    this.source = new FrameSource(counter, own);
    this.thresholds = new Thresholds(settings.low, settings.high, settings.hysteresis);
    this.hook = new MacroHook(settings.beep, settings.macro);
    this.history = new History(settings.points);
  }

  /**
   * Starts counting the active image.
   *
   * @param statistics those of a session before this one go on with changed settings
   * @param own tells the images that show results, which are not followed
   */
  static LiveSession start(
      LiveSettings settings, Daemon daemon, LiveStatistics statistics, Predicate<ImagePlus> own) {
    LiveSession session = new LiveSession(settings, daemon, statistics, own);
    if (settings.log) session.startLog();
    session.counter.start();
    session.source.start();
    return session;
  }

  LiveSettings settings() {
    return settings;
  }

  LiveStatistics statistics() {
    return statistics;
  }

  LiveCounter counter() {
    return counter;
  }

  /** The image that is followed, or null. */
  ImagePlus image() {
    return source.image();
  }

  /** The newest count, or null. */
  LiveCount latest() {
    return latest.get();
  }

  /** The log that is written, or null. */
  LiveLog log() {
    return log;
  }

  /** Begins a new log file; trouble is told by {@link #trouble()}. */
  void startLog() {
    stopLog();
    try {
      log = LiveLog.create(settings.folder, LocalDateTime.now());
    } catch (IOException failed) {
      logTrouble =
          "No log can be written to " + settings.folder + " (" + failed + "). Counting goes on. Choose another folder"
              + " under Settings.";
    }
  }

  void stopLog() {
    logTrouble = "";
    LiveLog before = log;
    log = null;
    if (before != null) before.close();
  }

  /** What is wrong beside the counting itself: the log, the macro. Empty while all is well. */
  String trouble() {
    LiveLog now = log;
    String ofLog = now == null ? logTrouble : now.trouble();
    return (ofLog + " " + hook.trouble()).trim();
  }

  /** The watched values of the last frames. */
  History.Points history() {
    return history.points();
  }

  /** Whether somebody looks at density maps. */
  void showMap(boolean shown) {
    mapShown = shown;
    counter.wantMaps(shown || !shapes.isEmpty());
  }

  /** Counts inside these selections from now on, and in the frame counted last. */
  void count(List<RoiShape> now) {
    List<RoiShape> before = shapes;
    boolean same = now.size() == before.size();
    for (int i = 0; same && i < now.size(); i++) same = now.get(i).same(before.get(i));
    if (same) return;
    shapes = now;
    counter.wantMaps(mapShown || !now.isEmpty());
    LiveCount last = latest.get();
    if (last == null) return;
    latest.compareAndSet(last, last.with(RoiCounts.of(last.density(), last.width(), last.height(), now)));
  }

  private void counted(LiveStream.Counted counted, boolean again) {
    LiveFrame frame = counted.frame;
    float[] density = counted.prediction.density();
    Map<String, Double> rois = RoiCounts.of(density, frame.width(), frame.height(), shapes);
    double latencyMs = (System.nanoTime() - frame.nanos()) / 1e6;
    LiveCount count =
        new LiveCount(
            frame,
            counted.prediction.count(),
            counted.prediction.maxLocalCount(),
            counted.prediction.certainty(),
            density,
            rois,
            latencyMs,
            counted.prediction.engineMs(),
            statistics.skipped(),
            state);
    if (!again) count = note(count);
    latest.set(count);
  }

  private LiveCount note(LiveCount found) {
    ThresholdState before = state;
    state = thresholds.after(settings.watch.of(found));
    LiveCount count = found.in(state);
    statistics.counted(System.nanoTime(), count.latencyMs(), count.engineMs());
    history.add(settings.watch.of(count), settings.watch.errorOf(count));
    LiveLog now = log;
    if (now != null) now.write(count);
    LiveCounts.tell(count);
    if (state != before) hook.crossed(count);
    return count;
  }

  /** Ends everything; never waits. */
  @Override
  public void close() {
    source.close();
    counter.close();
    hook.close();
    stopLog();
  }
}
