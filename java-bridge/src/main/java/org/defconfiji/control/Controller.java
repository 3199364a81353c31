package org.defconfiji.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/**
 * Steers light by readings: counts or max local counts. The same controller as the library's, held
 * equal by test/data/control/cases.json.
 *
 * <p>The PI mode works on the logarithm of the output, since readings are about proportional to it.
 * Its two constants follow from a step of the output (SIMC: Skogestad 2003, J. Process Control 13,
 * 291). The closed loop is as slow as the sample, or slower where readings scatter. Changes are
 * computed instead of outputs, so that nothing winds up at a limit.
 *
 * <p>The inverse threshold is the inverter of ALICA: the output is inversely proportional to the
 * reading, here to the mean of the last ten.
 *
 * <p>A controller knows no clock: every call says the time. Not thread-safe.
 *
 * <pre>{@code
 * Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
 * numbers.put(ControlNumber.SET_POINT, 10.0);
 * Controller controller = new Controller(ControlSettings.of(ControlMode.PI, numbers));
 * double seconds = System.nanoTime() / 1e9;
 * System.out.println(controller.read(seconds, 12.5).output());
 * }</pre>
 */
public final class Controller {
  private static final String ENDED = "ended";
  private static final String NO_EFFECT = "no effect";
  /** Implausible readings in a row after which control is not safe. */
  private static final int TOO_MANY = 3;
  /** Plausible readings in a row after which it is safe again. */
  private static final int ENOUGH = 10;
  /** The smallest output above 0, as a share of the greatest: relative changes never end at 0. */
  private static final double LEAST_SHARE = 0.001;
  /** The most by which one reading may be off, in set points. */
  private static final double LARGEST_ERROR = 3;
  /** The share of the output by which the scatter of single readings may move it. */
  private static final double OUTPUT_SCATTER = 0.1;

  private ControlSettings settings;
  /** The output before the deadband. */
  private double value;
  private double sent;
  private double time = Double.NaN;
  private ControlState state = ControlState.WAITING;
  private String reason = "";
  private int implausible;
  private int plausible;
  private StepTest test;
  private StepResponse response;
  private double error = Double.NaN;
  private final Deque<Double> recent = new ArrayDeque<>();

  public Controller(ControlSettings settings) {
    this.settings = settings;
    this.value = settings.get(ControlNumber.OUTPUT);
    this.sent = value;
    if (settings.mode() == ControlMode.MANUAL) state = ControlState.MANUAL;
  }

  public ControlSettings settings() {
    return settings;
  }

  /** What it wants of the light now. */
  public ControlStep step() {
    return new ControlStep(sent, state, reason);
  }

  /**
   * Takes a reading.
   *
   * @param now s, not falling
   * @param reading in the unit of the set point; any that is no number of at least 0 is implausible
   * @throws IllegalArgumentException the time is before the last one
   */
  public ControlStep read(double now, double reading) {
    checkTime(now);
    if (reason.equals(ENDED)) return step();
    double interval = Double.isNaN(time) ? 0 : now - time;
    time = now;
    if (settings.mode() == ControlMode.MANUAL) return step();
    double most = settings.get(ControlNumber.IMPLAUSIBLE_ABOVE) * settings.get(ControlNumber.SET_POINT);
    boolean fits = reading >= 0 && reading <= most;
    implausible = fits ? 0 : implausible + 1;
    plausible = fits ? plausible + 1 : 0;
    if (implausible >= TOO_MANY) return goSafe("implausible readings");
    if (!fits || state == ControlState.SAFE && !leavesSafe()) return step();
    if (settings.mode() == ControlMode.INVERSE_THRESHOLD) inverse(reading, interval);
    else if (response != null) hold(reading, interval);
    else tune(now, reading, interval);
    return step();
  }

  /**
   * Says that time has passed without a reading. Call it at least once a second.
   *
   * @param now s, not falling
   * @throws IllegalArgumentException the time is before the last reading
   */
  public ControlStep wait(double now) {
    checkTime(now);
    if (Double.isNaN(time)) time = now;
    boolean lost = settings.mode() != ControlMode.MANUAL && now - time > settings.get(ControlNumber.LOST_AFTER);
    return lost ? goSafe("no readings") : step();
  }

  /** Says that readings cannot come now: what counts is lost. */
  public ControlStep lose() {
    return settings.mode() == ControlMode.MANUAL ? step() : goSafe("no daemon");
  }

  /**
   * Changes settings. A new mode goes on from the present output. Only an output by hand and new
   * limits change it at once.
   *
   * @param changes the numbers that change
   * @throws ControlSettings.ControlException a number has a value that it cannot have; nothing is
   *     changed then
   */
  public ControlStep change(ControlMode mode, Map<ControlNumber, Double> changes)
      throws ControlSettings.ControlException {
    boolean changesMode = mode != settings.mode();
    Map<ControlNumber, Double> all = new EnumMap<>(settings.numbers());
    if (changesMode) all.put(ControlNumber.OUTPUT, sent);
    all.putAll(changes);
    if (!changes.containsKey(ControlNumber.OUTPUT)) {
      double least = Math.max(all.get(ControlNumber.OUTPUT_MIN), all.get(ControlNumber.OUTPUT));
      all.put(ControlNumber.OUTPUT, Math.min(all.get(ControlNumber.OUTPUT_MAX), least));
    }
    settings = ControlSettings.of(mode, all);
    error = Double.NaN;
    if (reason.equals(ENDED)) return step();
    if (changesMode) begin(mode);
    if (mode == ControlMode.MANUAL) {
      value = settings.get(ControlNumber.OUTPUT);
      sent = value;
    } else if (state == ControlState.SAFE) sent = settings.get(ControlNumber.SAFE_OUTPUT);
    else obeyLimits();
    return step();
  }

  /** Ends the control: the output is the safe one from now on. */
  public ControlStep end() {
    return goSafe(ENDED);
  }

  private void begin(ControlMode mode) {
    test = null;
    recent.clear();
    value = settings.get(ControlNumber.OUTPUT);
    sent = value;
    reason = "";
    plausible = 0;
    implausible = 0;
    if (mode == ControlMode.MANUAL) state = ControlState.MANUAL;
    else state = mode == ControlMode.PI && response != null ? ControlState.HOLDING : ControlState.WAITING;
  }

  private void checkTime(double now) {
    if (Double.isNaN(now) || now < time)
      throw new IllegalArgumentException("The time of a reading is " + now + " s; it must not be before " + time + " s.");
  }

  private ControlStep goSafe(String why) {
    if (!reason.equals(ENDED)) reason = why;
    state = ControlState.SAFE;
    sent = settings.get(ControlNumber.SAFE_OUTPUT);
    plausible = 0;
    error = Double.NaN;
    recent.clear();
    // A step that was interrupted tells nothing.
    test = null;
    return step();
  }

  /** Goes on from the safe output once enough readings have come. */
  private boolean leavesSafe() {
    if (reason.equals(NO_EFFECT) || plausible < ENOUGH) return false;
    value = bounded(settings.get(ControlNumber.SAFE_OUTPUT));
    state = ControlState.WAITING;
    reason = "";
    return true;
  }

  private void tune(double now, double reading, double interval) {
    state = ControlState.TUNING;
    if (test == null) {
      double output = settings.get(ControlNumber.OUTPUT);
      test = new StepTest(settings.get(ControlNumber.SET_POINT), output, least(), greatest());
    }
    response = test.take(now, reading, value == test.output());
    if (test.failed()) {
      goSafe(NO_EFFECT);
      return;
    }
    if (response != null) state = ControlState.HOLDING;
    approach(test.output(), interval);
    send(0);
  }

  private void hold(double reading, double since) {
    state = ControlState.HOLDING;
    double setPoint = settings.get(ControlNumber.SET_POINT);
    double now = Math.max(-LARGEST_ERROR, (setPoint - reading) / setPoint);
    double before = Double.isNaN(error) ? now : error;
    error = now;
    double lag = response.lag;
    double closedLoop = lag * Math.max(1, response.scatter / OUTPUT_SCATTER);
    // A change shows in the reading after the next: the frame under way has the light before it.
    double proportional = lag / (response.gain * (closedLoop + 2 * response.interval));
    double change = proportional * (now - before + Math.min(since, lag) / lag * now);
    approach(bounded(value * Math.exp(change)), since);
    send(settings.get(ControlNumber.DEADBAND));
  }

  private void inverse(double reading, double since) {
    state = ControlState.HOLDING;
    if (recent.size() == StepTest.WINDOW) recent.removeFirst();
    recent.addLast(reading);
    double sum = 0;
    for (double each : recent) sum += each;
    double mean = sum / recent.size();
    double atSetPoint = settings.get(ControlNumber.OUTPUT);
    double wanted = mean > 0 ? atSetPoint * settings.get(ControlNumber.SET_POINT) / mean : greatest();
    approach(bounded(wanted), since);
    send(settings.get(ControlNumber.DEADBAND));
  }

  /** Moves towards a value, as fast as the output may change. */
  private void approach(double to, double since) {
    double range = greatest() - settings.get(ControlNumber.OUTPUT_MIN);
    double most = settings.get(ControlNumber.MAX_CHANGE) * range * since;
    double left = to - value;
    value = Math.abs(left) <= most ? to : value + Math.signum(left) * most;
  }

  /** Takes the value as the output, unless the change is below a share of it. */
  private void send(double deadband) {
    boolean atLimit = value == greatest() || value <= least();
    if (!atLimit && Math.abs(value - sent) <= deadband * sent) return;
    sent = value <= least() ? settings.get(ControlNumber.OUTPUT_MIN) : value;
  }

  private void obeyLimits() {
    value = bounded(value);
    sent = Math.min(greatest(), Math.max(settings.get(ControlNumber.OUTPUT_MIN), sent));
  }

  private double greatest() {
    return settings.get(ControlNumber.OUTPUT_MAX);
  }

  private double least() {
    return Math.max(settings.get(ControlNumber.OUTPUT_MIN), LEAST_SHARE * greatest());
  }

  private double bounded(double wanted) {
    return Math.min(greatest(), Math.max(least(), wanted));
  }
}
