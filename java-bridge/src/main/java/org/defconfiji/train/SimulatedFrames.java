package org.defconfiji.train;

import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.SimulatedLength;
import org.defconfiji.protocol.TrainingSettings;

/** Frames that the program simulates by a plan while it trains on them, each seen once. */
final class SimulatedFrames {
  /** The program takes any time above 0; less than this trains on a handful of frames. */
  static final double LEAST_MINUTES = 0.01;

  private final Path plan;
  private final double minutes;

  private SimulatedFrames(Path plan, double minutes) {
    this.plan = plan;
    this.minutes = minutes;
  }

  /** @return null where no plan is named @throws OptionException there are frames of another kind too, or no time */
  static SimulatedFrames of(OptionValues values) throws OptionException {
    String plan = values.text(TrainOptions.PLAN);
    if (plan.isEmpty()) return null;
    for (Option other : new Option[] {TrainOptions.STACK, TrainOptions.TRUTH, TrainOptions.SET})
      if (!values.text(other).isEmpty())
        throw new OptionException(
            "Train...: expected a plan of simulated frames or frames of your own, found " + TrainOptions.PLAN.key()
                + "= and " + other.key() + "=. Leave one of them out.");
    double minutes = values.number(TrainOptions.MINUTES, LEAST_MINUTES, Integer.MAX_VALUE);
    return new SimulatedFrames(Paths.get(plan).toAbsolutePath(), minutes);
  }

  void setIn(TrainingSettings.Builder settings) {
    settings.setSet(plan.toString()).setSimulate(SimulatedLength.newBuilder().setMinutes(minutes));
  }
}
