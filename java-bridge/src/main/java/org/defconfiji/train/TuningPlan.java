package org.defconfiji.train;

import java.nio.file.Path;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.TuningSettings;

/** What a user chose, as the settings of a tuning. */
final class TuningPlan {
  private final String name;
  private final TuningSettings.Builder settings;

  /**
   * @param title of the image that is tuned to
   * @param home the folder that tunings lie in
   */
  TuningPlan(OptionValues values, String title, Path home) throws OptionException {
    String chosen = values.text(TuneOptions.NAME);
    this.name = ModelName.checked(chosen.isEmpty() ? ModelName.tunedTo(title) : chosen);
    this.settings =
        TuningSettings.newBuilder()
            .setOutput(home.resolve("tunings").resolve(name).toAbsolutePath().toString())
            .setMinutes(values.number(TuneOptions.MINUTES, SimulatedFrames.LEAST_MINUTES, Integer.MAX_VALUE))
            .setReplace(values.flag(TuneOptions.REPLACE));
  }

  String name() {
    return name;
  }

  /** @param stack the recording */
  TuningSettings settings(Path stack) {
    return settings.clone().addStacks(stack.toString()).build();
  }
}
