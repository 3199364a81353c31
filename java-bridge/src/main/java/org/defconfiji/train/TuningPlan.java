package org.defconfiji.train;

import java.nio.file.Path;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.TuningSettings;

/** Turns the options of "Tune to my data..." into the settings of a tuning. */
final class TuningPlan {
  private final String name;
  private final TuningSettings.Builder settings;

  /**
   * @param title the title of the recording
   * @param home the user's folder; tunings lie in it
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

  /**
   * @param stack the file of the recording. If it was cut off, its whole frames are used: Fiji shows
   *     it in a virtual stack all the same
   */
  TuningSettings settings(Path stack) {
    return settings.clone().addStacks(stack.toString()).setSalvage(true).build();
  }
}
