package org.defconfiji.live.count;

import java.io.Closeable;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.Controller;

/**
 * Steers light by live counts, from its start to its end. The last step has the safe output.
 *
 * <p>Thread-safe. A thread of its own looks four times a second whether counts still come.
 */
public final class LiveControl implements Closeable {
  private static final long LOOK_MS = 250;
  private static final String ENDED = "ended";

  private final Controller controller;
  private final BooleanSupplier daemonLost;
  private final Consumer<ControlStep> light;
  private final ControlMacro macro;
  private final History outputs;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "DEFCoN live control");
            thread.setDaemon(true);
            return thread;
          });
  private final long started = System.nanoTime();
  private ControlOptions options;
  private String trouble = "";

  /**
   * Starts to steer.
   *
   * @param points the number of outputs to keep for the plot
   * @param daemonLost whether counts cannot come now
   * @param light receives each step, and must not wait
   * @throws CommandException the settings cannot be
   */
  public LiveControl(ControlOptions options, int points, BooleanSupplier daemonLost, Consumer<ControlStep> light)
      throws CommandException {
    this.options = options;
    this.controller = new Controller(options.settings());
    this.daemonLost = daemonLost;
    this.light = light;
    this.macro = new ControlMacro(options.macro);
    this.outputs = new History(points);
    tell(controller.step());
    clock.scheduleAtFixedRate(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  /** Whether a step is the last of its control. */
  static boolean isEnd(ControlStep step) {
    return step.reason().equals(ENDED);
  }

  /** Takes a count. */
  synchronized ControlNote counted(FrameCount count) {
    long pixels = (long) count.width() * count.height();
    double reading = options.quantity.of(count.count(), count.maxLocalCount(), pixels, count.pixelSize());
    trouble = Double.isNaN(reading) ? "The size of the image's pixels is not known. Set it under Image > Properties..." : "";
    ControlStep step = controller.read(now(), reading);
    outputs.add(step.output(), Double.NaN);
    tell(step);
    return new ControlNote(setPoint(), controller.settings().mode(), step);
  }

  private synchronized void look() {
    if (isEnd(controller.step())) return;
    tell(daemonLost.getAsBoolean() ? controller.lose() : controller.wait(now()));
  }

  private void tell(ControlStep step) {
    light.accept(step);
    macro.tell(step);
  }

  /**
   * Goes on with other settings, without a jump of the output.
   *
   * @return whether that is possible; another quantity or macro needs a new control
   * @throws CommandException the settings cannot be; nothing is changed then
   */
  public synchronized boolean change(ControlOptions others) throws CommandException {
    if (others.quantity != options.quantity || !others.macro.equals(options.macro)) return false;
    try {
      Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
      numbers.putAll(others.numbers);
      // An output that was not put by hand just now must not undo what was done since the start.
      Double output = numbers.get(ControlNumber.OUTPUT);
      if (output != null && output.equals(options.numbers.get(ControlNumber.OUTPUT))) numbers.remove(ControlNumber.OUTPUT);
      tell(controller.change(others.mode, numbers));
      options = others;
      return true;
    } catch (ControlSettings.ControlException wrong) {
      throw new CommandException(wrong.getMessage());
    }
  }

  public synchronized ControlOptions options() {
    return options;
  }

  public synchronized double setPoint() {
    return controller.settings().get(ControlNumber.SET_POINT);
  }

  /** What it wants of the light now. */
  public synchronized ControlStep step() {
    return controller.step();
  }

  /** The outputs after the last counts. */
  public History.Points outputs() {
    return outputs.points();
  }

  /** A message about what keeps it from steering. Empty if all is well. */
  public synchronized String trouble() {
    return (trouble + " " + macro.trouble()).trim();
  }

  /** Ends the control: the light gets the safe output. Never waits. */
  @Override
  public synchronized void close() {
    clock.shutdownNow();
    if (!isEnd(controller.step())) tell(controller.end());
  }

  private double now() {
    return (System.nanoTime() - started) / 1e9;
  }
}
