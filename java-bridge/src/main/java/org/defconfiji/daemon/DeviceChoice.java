package org.defconfiji.daemon;

import java.util.Arrays;

/** The devices that a daemon of the plugin may count on, as the program's --device takes them. */
public final class DeviceChoice {
  /** What counts where nobody chose. */
  public static final String USUAL = "cpu";
  /** The first that computes right and faster than the CPU. The daemon tells which one it took. */
  private static final String AUTOMATIC = "auto";
  private static final String[] NAMES = {USUAL, AUTOMATIC, "webgpu", "cuda"};

  private DeviceChoice() {}

  /** All devices, the usual one first. */
  public static String[] names() {
    return NAMES.clone();
  }

  static boolean isOne(String name) {
    return Arrays.asList(NAMES).contains(name);
  }

  /**
   * Says that a daemon counts on another device than the one that was chosen.
   *
   * @param engine what the daemon says of itself: "onnxruntime, cpu"
   * @return a sentence, or an empty text if it counts on that device
   */
  public static String difference(String chosen, String engine) {
    if (chosen.equals(AUTOMATIC) || engine.endsWith(", " + chosen)) return "";
    return "The daemon that runs counts with " + engine + ", and the settings say " + chosen
        + ". Stop the daemon and start it again to change that.";
  }
}
