package org.defconfiji.micromanager;

import java.util.Locale;
import java.util.function.Consumer;
import mmcorej.CMMCore;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.LightOutput;

/** A light that a property of a device sets. The property is written when the output changes. */
final class PropertyLight implements LightOutput {
  private final CMMCore core;
  private final String device;
  private final String property;
  private final Consumer<String> trouble;
  private String written = "";

  /** @param trouble hears why the property could not be set */
  PropertyLight(CMMCore core, String device, String property, Consumer<String> trouble) {
    this.core = core;
    this.device = device;
    this.property = property;
    this.trouble = trouble;
  }

  @Override
  public void set(ControlStep step) {
    String value = String.format(Locale.ROOT, "%.4f", step.output());
    if (value.equals(written)) return;
    try {
      core.setProperty(device, property, value);
      written = value;
    } catch (Exception failed) {
      // Micro-Manager declares any exception. The next step writes it again.
      trouble.accept("The property " + property + " of " + device + " could not be set to " + value + ": " + failed.getMessage());
    }
  }
}
