package org.defconfiji.control;

/** What a controller wants of the light now. */
public final class ControlStep {
  private final double output;
  private final ControlState state;
  private final String reason;

  ControlStep(double output, ControlState state, String reason) {
    this.output = output;
    this.state = state;
    this.reason = reason;
  }

  /** In the unit of the light. */
  public double output() {
    return output;
  }

  public ControlState state() {
    return state;
  }

  /**
   * Why the output is the safe one: "no readings", "no daemon", "implausible readings", "no effect"
   * or "ended". Empty in other states.
   */
  public String reason() {
    return reason;
  }
}
