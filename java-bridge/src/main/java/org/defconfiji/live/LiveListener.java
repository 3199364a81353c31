package org.defconfiji.live;

/**
 * Receives every live count, for example to steer illumination. {@link LiveCounts} registers it.
 *
 * <pre>{@code
 * public class Print_Counts implements PlugIn, LiveListener {
 *   public void run(String arg) {
 *     LiveCounts.addListener(this);
 *   }
 *
 *   public void counted(LiveCount count) {
 *     if (count.unlike().isEmpty()) System.out.println(count.count() + " molecules");
 *   }
 * }
 * }</pre>
 */
public interface LiveListener {
  /**
   * Receives the count of a frame, right after counting, on a thread that belongs to this listener.
   * A listener that is slower than the camera misses frames: it always receives the newest count.
   */
  void counted(LiveCount count);
}
