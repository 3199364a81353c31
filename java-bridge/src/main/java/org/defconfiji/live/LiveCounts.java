package org.defconfiji.live;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.defconfiji.live.count.Courier;
import org.defconfiji.live.count.LiveSession;
import org.defconfiji.live.ui.LiveWindow;

/**
 * Gives live counts to other programs. Java code registers a {@link LiveListener}.
 *
 * <pre>{@code
 * LiveListener listener = count -> System.out.println(count.maxLocalCount());
 * LiveCounts.addListener(listener);
 * }</pre>
 *
 * <p>Macros call {@code call("org.defconfiji.live.LiveCounts.get", "count")}. A listener may be
 * registered before a live count starts, and stays registered when it ends.
 */
public final class LiveCounts {
  private static final Map<LiveListener, Courier<LiveCount>> LISTENERS = new ConcurrentHashMap<>();

  private LiveCounts() {}

  /** Registers a listener. Registering it twice changes nothing. */
  public static void addListener(LiveListener listener) {
    LISTENERS.computeIfAbsent(listener, added -> new Courier<>("DEFCoN live listener", added::counted));
  }

  /** Removes a listener. A call that is under way is not interrupted. */
  public static void removeListener(LiveListener listener) {
    Courier<LiveCount> courier = LISTENERS.remove(listener);
    if (courier != null) courier.close();
  }

  /**
   * Returns one value of the newest count, for macros.
   *
   * @param name count, max, error, maxerror, away, unlike, state, slice, image, latency, engine,
   *     counted, skipped, rate or the name of a selection
   * @return the value as text; empty if no live count runs or nothing has that name
   */
  public static String get(String name) {
    LiveWindow window = LiveWindow.find();
    LiveSession session = window == null ? null : window.session();
    LiveCount count = session == null ? null : session.latest();
    if (count == null) return "";
    switch (name) {
      case "count":
        return number(count.count());
      case "max":
        return number(count.maxLocalCount());
      case "error":
        return number(count.countError());
      case "maxerror":
        return number(count.maxLocalCountError());
      case "away":
        return number(count.away());
      case "unlike":
        return count.unlike();
      case "state":
        return count.state().name().toLowerCase(Locale.ROOT);
      case "slice":
        return Integer.toString(count.slice());
      case "image":
        return count.image();
      case "latency":
        return number(session.statistics().latencyMs());
      case "engine":
        return number(session.statistics().engineMs());
      case "counted":
        return Long.toString(session.statistics().results());
      case "skipped":
        return Long.toString(session.statistics().skipped());
      case "rate":
        return number(session.statistics().countedRate(System.nanoTime()));
      default:
        Double roi = count.rois().get(name);
        return roi == null ? "" : number(roi);
    }
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
  }

  /** Hands a count to all listeners. Never waits for them. */
  static void tell(LiveCount count) {
    for (Courier<LiveCount> courier : LISTENERS.values()) courier.send(count);
  }
}
