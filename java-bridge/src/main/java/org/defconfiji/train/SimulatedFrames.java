package org.defconfiji.train;

import java.nio.file.Path;
import java.nio.file.Paths;
import org.defconfiji.options.Option;
import org.defconfiji.options.OptionException;
import org.defconfiji.options.OptionValues;
import org.defconfiji.protocol.SimulatedLength;
import org.defconfiji.protocol.TrainingSettings;

/** Training frames that the program simulates from a plan. Each is seen once. */
final class SimulatedFrames {
  /**
   * The shortest training. The program accepts any time above 0, but would see only a few frames.
   */
  static final double LEAST_MINUTES = 0.01;

  private final Path plan;
  private final double minutes;

  private SimulatedFrames(Path plan, double minutes) {
    this.plan = plan;
    this.minutes = minutes;
  }

  /**
   * Reads the plan and the minutes.
   *
   * @return null if no plan is named
   * @throws OptionException other frames are named too, or the minutes are wrong
   */
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
