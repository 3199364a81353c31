package org.defconfiji.micromanager;

import org.defconfiji.Version;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.daemon.Daemon;
import org.micromanager.PropertyMap;
import org.micromanager.Studio;
import org.micromanager.data.ProcessorConfigurator;
import org.micromanager.data.ProcessorFactory;
import org.micromanager.data.ProcessorPlugin;
import org.scijava.plugin.Plugin;

/**
 * Counts molecules in the images of Micro-Manager 2's Live and of its acquisitions.
 *
 * <p>It is a step of the on-the-fly pipeline, which has a switch of its own for Live and for
 * acquisitions. Each pipeline has a processor of its own.
 */
@Plugin(type = ProcessorPlugin.class)
public final class CountPlugin implements ProcessorPlugin {
  static final String NAME = "DEFCoN Count";

  private volatile Studio studio;
  private final NewestCount newest = new NewestCount(() -> studio);

  @Override
  public void setContext(Studio studio) {
    this.studio = studio;
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public String getHelpText() {
    return "Counts single molecules in each image that there is time for, and writes the newest count into the metadata.";
  }

  @Override
  public String getVersion() {
    return Version.VERSION;
  }

  @Override
  public String getCopyright() {
    return "MIT";
  }

  @Override
  public ProcessorConfigurator createConfigurator(PropertyMap settings) {
    return new CountConfigurator(CountSettings.of(settings), newest, studio);
  }

  @Override
  public ProcessorFactory createFactory(PropertyMap map) {
    CountSettings settings = CountSettings.of(map);
    return () -> processor(settings);
  }

  private CountProcessor processor(CountSettings settings) {
    LightControl control = control(settings.light());
    CountWatcher watcher =
        control == null ? newest : new SteeringWatcher(control, settings.light().quantity, newest);
    return new CountProcessor(
        settings, new NewestFrameCounter(Daemon.ofThisUser(), settings, watcher), control);
  }

  /** @return null if light is not to be steered, or its settings cannot be, which is told */
  private LightControl control(LightSettings light) {
    if (!light.on || studio == null) return null;
    try {
      return new LightControl(
          light.settings(), new PropertyLight(studio.core(), light.device, light.property, newest::failed));
    } catch (ControlSettings.ControlException wrong) {
      newest.failed(wrong.getMessage());
      return null;
    }
  }
}
