package org.defconfiji.live;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.LightOutput;
import org.defconfiji.live.count.Courier;
import org.defconfiji.live.count.LiveControl;
import org.defconfiji.live.ui.LiveWindow;

/**
 * Gives the output of the control of live counts to what sets the light.
 *
 * <pre>{@code
 * LightOutput light = step -> System.out.println(step.output());
 * LiveControls.addOutput(light);
 * }</pre>
 *
 * <p>Macros call {@code call("org.defconfiji.live.LiveControls.get", "output")}. An output may be
 * registered before a control starts, and stays registered when it ends.
 */
public final class LiveControls {
  private static final Map<LightOutput, Courier<ControlStep>> OUTPUTS = new ConcurrentHashMap<>();

  private LiveControls() {}

  /** Registers an output. Registering it twice changes nothing. */
  public static void addOutput(LightOutput output) {
    OUTPUTS.computeIfAbsent(output, added -> new Courier<>("DEFCoN light output", added::set));
  }

  /** Removes an output. A call that is under way is not interrupted. */
  public static void removeOutput(LightOutput output) {
    Courier<ControlStep> courier = OUTPUTS.remove(output);
    if (courier != null) courier.close();
  }

  /**
   * Returns one value of the control that runs, for macros.
   *
   * @param name output, state, reason, setpoint or mode
   * @return the value as text; empty if no control runs or nothing has that name
   */
  public static String get(String name) {
    LiveWindow window = LiveWindow.find();
    LiveControl control = window == null ? null : window.control().running();
    if (control == null) return "";
    ControlStep step = control.step();
    switch (name) {
      case "output":
        return String.format(Locale.ROOT, "%.4f", step.output());
      case "state":
        return step.state().key();
      case "reason":
        return step.reason();
      case "setpoint":
        return String.format(Locale.ROOT, "%.4f", control.setPoint());
      case "mode":
        return control.options().mode.key();
      default:
        return "";
    }
  }

  /** Hands a step to all outputs. Never waits for them. */
  static void tell(ControlStep step) {
    for (Courier<ControlStep> courier : OUTPUTS.values()) courier.send(step);
  }
}
