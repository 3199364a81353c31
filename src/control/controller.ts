import { checkArgument, NAMED_VALUES, numberArgument } from "../base/arguments.js";
import { given } from "../base/given.js";
import { numberFrom } from "../base/number-rule.js";
import { type ControlSettings, checkedControl, type GivenControl } from "./control-settings.js";
import { type StepResponse, StepTest, WINDOW } from "./step-response.js";

/** What a controller is doing. */
export type ControlState =
  /** No reading has come yet. */
  | "waiting"
  /** The output is as it was put by hand. */
  | "manual"
  /** The output is stepped to see how readings follow. */
  | "tuning"
  | "holding"
  /** The output is the safe one. */
  | "safe";

/** Why the output is the safe one; empty elsewhere. */
export type SafeReason = "" | "no readings" | "no daemon" | "implausible readings" | "no effect" | "ended";

/** What a controller wants of the light now. */
export interface ControlStep {
  /** In the light's unit. */
  output: number;
  state: ControlState;
  reason: SafeReason;
}

/** Implausible readings in a row after which control is not safe, and plausible ones after which it is. */
const [TOO_MANY, ENOUGH] = [3, 10];
/** Smallest output above 0, as a share of the greatest: relative changes never end at 0. */
const LEAST_SHARE = 0.001;
/** Most by which one reading may be off, in set points: a single burst does not turn the light off. */
const LARGEST_ERROR = 3;
/** Share of the output by which the scatter of single readings may move it. */
const OUTPUT_SCATTER = 0.1;

/**
 * Steers light by readings: counts, densities or max local counts.
 *
 * The `pi` mode works on the logarithm of the output, since readings are about proportional to it:
 * the same settings serve a fresh and a depleted sample. Its two constants follow from a step of
 * the output (SIMC: Skogestad 2003, J. Process Control 13, 291). The closed loop is as slow as the
 * sample, or slower where readings scatter. Changes are computed instead of outputs, so that
 * nothing winds up at a limit.
 *
 * The `inverse-threshold` mode is the inverter of ALICA: the output is inversely proportional to
 * the reading, here to the mean of the last ten.
 *
 * A controller knows no clock: every call says the time.
 *
 * @example
 * ```ts
 * const controller = new Controller({ setPoint: 10, outputMax: 20 });
 * for await (const answer of stream.results()) {
 *   if (answer.kind === "result") setLaser(controller.read(seconds(), answer.count).output);
 * }
 * setLaser(controller.end().output);
 * ```
 */
export class Controller {
  private all: ControlSettings;
  /** The output before the deadband. */
  private value: number;
  private sent: number;
  private time: number | undefined;
  private state: ControlState = "waiting";
  private reason: SafeReason = "";
  private implausible = 0;
  private plausible = 0;
  private test: StepTest | undefined;
  private response: StepResponse | undefined;
  private error: number | undefined;
  private recent: number[] = [];

  /** @throws InputError INPUT_OPTION */
  constructor(settings: GivenControl) {
    this.all = checkedControl(settings);
    this.value = this.all.output;
    this.sent = this.value;
    if (this.all.mode === "manual") this.state = "manual";
  }

  /** The settings, completed. */
  get settings(): Readonly<ControlSettings> {
    return { ...this.all };
  }

  /** What the step of the output told; undefined before, and in modes without it. */
  get tuned(): Readonly<StepResponse> | undefined {
    return this.response;
  }

  /** What it wants of the light now. */
  get step(): ControlStep {
    return { output: this.sent, state: this.state, reason: this.reason };
  }

  /**
   * Takes a reading.
   * @param time s, not falling
   * @param reading in the unit of the set point; any that is no number of at least 0 is implausible
   * @throws InputError INPUT_OPTION for a time before the last one
   */
  read(time: number, reading: number): ControlStep {
    this.checkTime(time);
    if (this.reason === "ended") return this.step;
    const interval = this.time === undefined ? 0 : time - this.time;
    this.time = time;
    const { mode, setPoint, implausibleAbove } = this.all;
    if (mode === "manual") return this.step;
    const plausible = reading >= 0 && reading <= implausibleAbove * setPoint;
    this.implausible = plausible ? 0 : this.implausible + 1;
    this.plausible = plausible ? this.plausible + 1 : 0;
    if (this.implausible >= TOO_MANY) return this.goSafe("implausible readings");
    if (!plausible) return this.step;
    if (this.state === "safe" && !this.leavesSafe()) return this.step;
    if (mode === "inverse-threshold") this.inverse(reading, interval);
    else if (this.response) this.hold(reading, interval, this.response);
    else this.tune(time, reading, interval);
    return this.step;
  }

  /**
   * Says that time has passed without a reading. Call it at least once a second.
   * @param time s, not falling
   * @throws InputError INPUT_OPTION for a time before the last reading
   */
  wait(time: number): ControlStep {
    this.checkTime(time);
    this.time ??= time;
    const { mode, lostAfter } = this.all;
    const lost = mode !== "manual" && time - this.time > lostAfter;
    return lost ? this.goSafe("no readings") : this.step;
  }

  /** Says that readings cannot come now: what counts is lost. */
  lose(): ControlStep {
    return this.all.mode === "manual" ? this.step : this.goSafe("no daemon");
  }

  /**
   * Changes settings. A new mode goes on from the present output. Only an output by hand and new
   * limits change it at once.
   * @throws InputError INPUT_OPTION; nothing is changed then
   */
  change(settings: GivenControl): ControlStep {
    checkArgument("settings", settings, NAMED_VALUES);
    const changes = given(settings);
    const wanted = { ...this.all, ...changes };
    const { mode, outputMin, outputMax } = wanted;
    const changesMode = mode !== this.all.mode;
    const from = changesMode ? this.sent : this.all.output;
    const output = Math.min(outputMax, Math.max(outputMin, from));
    this.all = checkedControl({ ...wanted, output, ...changes });
    this.error = undefined;
    if (this.reason === "ended") return this.step;
    if (changesMode) {
      this.test = undefined;
      this.recent = [];
      this.value = this.all.output;
      this.sent = this.value;
      this.reason = "";
      this.state = this.response && mode === "pi" ? "holding" : "waiting";
      this.plausible = 0;
      this.implausible = 0;
    }
    if (mode === "manual") {
      this.state = "manual";
      this.value = this.all.output;
      this.sent = this.value;
    } else if (this.state === "safe") this.sent = this.all.safeOutput;
    else this.obeyLimits();
    return this.step;
  }

  /** Ends the control: the output is the safe one from now on. */
  end(): ControlStep {
    return this.goSafe("ended");
  }

  private checkTime(time: number): void {
    const least = this.time;
    const rule =
      least === undefined ? { expected: "a number, s", holds: Number.isFinite } : numberFrom(least);
    checkArgument("time", time, numberArgument(rule));
  }

  private goSafe(reason: SafeReason): ControlStep {
    if (this.reason !== "ended") this.reason = reason;
    this.state = "safe";
    this.sent = this.all.safeOutput;
    this.plausible = 0;
    this.error = undefined;
    this.recent = [];
    // A step that was interrupted tells nothing.
    this.test = undefined;
    return this.step;
  }

  /** Goes on from the safe output once enough readings have come. */
  private leavesSafe(): boolean {
    if (this.reason === "no effect" || this.plausible < ENOUGH) return false;
    this.value = this.bounded(this.all.safeOutput);
    this.state = "waiting";
    this.reason = "";
    return true;
  }

  private tune(time: number, reading: number, interval: number): void {
    const { setPoint, output, outputMax } = this.all;
    this.state = "tuning";
    this.test ??= new StepTest(setPoint, output, this.least, outputMax);
    const response = this.test.take(time, reading, this.value === this.test.output);
    if (response === "none") {
      this.goSafe("no effect");
      return;
    }
    if (response) {
      this.response = response;
      this.state = "holding";
    }
    this.approach(this.test.output, interval);
    this.send();
  }

  private hold(reading: number, since: number, { gain, lag, interval, scatter }: StepResponse): void {
    const { setPoint, deadband } = this.all;
    this.state = "holding";
    const error = Math.max(-LARGEST_ERROR, (setPoint - reading) / setPoint);
    const before = this.error ?? error;
    this.error = error;
    const closedLoop = lag * Math.max(1, scatter / OUTPUT_SCATTER);
    // A change shows in the reading after the next: the frame under way has the light before it.
    const proportional = lag / (gain * (closedLoop + 2 * interval));
    const change = proportional * (error - before + (Math.min(since, lag) / lag) * error);
    this.approach(this.bounded(this.value * Math.exp(change)), since);
    this.send(deadband);
  }

  private inverse(reading: number, since: number): void {
    const { setPoint, output, outputMax, deadband } = this.all;
    this.state = "holding";
    this.recent = [...this.recent.slice(1 - WINDOW), reading];
    const mean = this.recent.reduce((sum, value) => sum + value, 0) / this.recent.length;
    const wanted = mean > 0 ? (output * setPoint) / mean : outputMax;
    this.approach(this.bounded(wanted), since);
    this.send(deadband);
  }

  /** Moves towards a value, as fast as the output may change. */
  private approach(to: number, since: number): void {
    const { outputMin, outputMax, maxChange } = this.all;
    const most = maxChange * (outputMax - outputMin) * since;
    const left = to - this.value;
    if (Math.abs(left) <= most) this.value = to;
    else this.value += Math.sign(left) * most;
  }

  /** Takes the value as the output, unless the change is a trifle. @param deadband share of it */
  private send(deadband = 0): void {
    const { outputMin, outputMax } = this.all;
    const { value, least } = this;
    const atLimit = value === outputMax || value <= least;
    if (!atLimit && Math.abs(value - this.sent) <= deadband * this.sent) return;
    this.sent = value <= least ? outputMin : value;
  }

  private obeyLimits(): void {
    const { outputMin, outputMax } = this.all;
    this.value = this.bounded(this.value);
    this.sent = Math.min(outputMax, Math.max(outputMin, this.sent));
  }

  private get least(): number {
    return Math.max(this.all.outputMin, LEAST_SHARE * this.all.outputMax);
  }

  private bounded(value: number): number {
    return Math.min(this.all.outputMax, Math.max(this.least, value));
  }
}
