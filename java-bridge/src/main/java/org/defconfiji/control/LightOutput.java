package org.defconfiji.control;

/**
 * Sets the light that a controller steers: a laser, a shutter, a property of Micro-Manager.
 *
 * <pre>{@code
 * LightOutput light = step -> System.out.println(step.output());
 * LiveControls.addOutput(light);
 * }</pre>
 */
public interface LightOutput {
  /**
   * Sets the light. Called on a thread that belongs to this output, for every count and four times
   * a second without. One that is slower than the camera always receives the newest step. The last
   * step of a control has the safe output and the reason "ended".
   */
  void set(ControlStep step);
}
