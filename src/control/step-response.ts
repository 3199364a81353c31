/** What a step of the output told of how readings follow it. */
export interface StepResponse {
  /** Relative change of the readings for a small relative change of the output. */
  gain: number;
  /** Time by which readings lag behind the output, s. */
  lag: number;
  /** Mean time between readings, s. */
  interval: number;
  /** Standard deviation of single readings, as a share of their mean. */
  scatter: number;
}

/** Readings in a window whose mean is compared with that of the next one. */
export const WINDOW = 10;
/** Windows after which readings are taken as they are, steady or not. */
const MOST_WINDOWS = 8;
/** Standard errors within which two means are the same. Consecutive readings are correlated. */
const SAME = 3;
/** Factor by which the output is stepped. */
const STEP = 2;
/** Steps that are tried before the output is said to have no effect. */
const MOST_STEPS = 4;
const [LEAST_GAIN, GREATEST_GAIN] = [0.2, 3];

/** A level that readings have settled at. */
interface Level {
  mean: number;
  /** Standard deviation of a reading. */
  deviation: number;
  /** Standard error of the mean. */
  error: number;
}

/**
 * Steps the output and watches how readings follow, as far as a controller needs to know it.
 * It waits for steady readings, doubles the output (or halves it, where readings are above the set
 * point), and waits again. The lag is the area between the readings and their last level, divided
 * by the step's height: for a first-order lag this is its time constant.
 */
export class StepTest {
  private values: number[] = [];
  private times: number[] = [];
  private before: Level | undefined;
  private steps = 0;
  /** The factor of each step. */
  private direction: number | undefined;
  private readonly from: number;

  /**
   * @param output where the output is to be
   * @param least smallest output above 0
   */
  constructor(
    private readonly setPoint: number,
    public output: number,
    private readonly least: number,
    private readonly greatest: number,
  ) {
    this.output = this.bounded(output);
    this.from = this.output;
  }

  /**
   * Takes a reading and sets {@link output}.
   * @param arrived whether the output is where it was to be; a rate limit may hold it up
   * @returns the response once it is known; "none" where readings do not follow the output
   */
  take(time: number, value: number, arrived: boolean): StepResponse | "none" | undefined {
    this.values.push(value);
    this.times.push(time);
    const level = arrived ? this.level() : undefined;
    if (!level) return undefined;
    return this.response(level) ?? this.step(level);
  }

  /** Changes the output, each time in the same direction as long as its limits allow. */
  private step(now: Level): "none" | undefined {
    if (this.steps === MOST_STEPS) return "none";
    this.before ??= now;
    this.direction ??= now.mean < this.setPoint ? STEP : 1 / STEP;
    if (this.bounded(this.output * this.direction) === this.output) this.direction = 1 / this.direction;
    this.output = this.bounded(this.output * this.direction);
    this.steps++;
    this.values = [];
    this.times = [];
    return undefined;
  }

  /** The response, where readings have followed the output; else undefined. */
  private response(after: Level): StepResponse | undefined {
    const { values, times, before } = this;
    if (!before) return undefined;
    const difference = after.mean - before.mean;
    if (Math.abs(difference) <= SAME * Math.hypot(after.error, before.error)) return undefined;
    const span = times.at(-1)! - times[0]!;
    const interval = span / (times.length - 1);
    const ratio = Math.log(this.output / this.from);
    // No readings at all stand for half a reading.
    const positive = ({ mean }: Level) => Math.max(mean, 0.5 / values.length);
    const change = Math.log(positive(after) / positive(before));
    // By chance, readings may rise while the output falls. A further step tells.
    if (ratio === 0 || change / ratio <= 0) return undefined;
    const gain = Math.min(GREATEST_GAIN, Math.max(LEAST_GAIN, change / ratio));
    const area = values.reduce((sum, value) => sum + (after.mean - value), 0) * interval;
    const lag = Math.min(span, Math.max(interval, area / difference));
    return { gain, lag, interval, scatter: after.deviation / positive(after) };
  }

  private bounded(output: number): number {
    return Math.min(this.greatest, Math.max(this.least, output));
  }

  /** The level of the last two windows, once they agree or too many were seen. */
  private level(): Level | undefined {
    const { values } = this;
    if (values.length < 2 * WINDOW || values.length % WINDOW !== 0) return undefined;
    const [last, previous] = [levelOf(values.slice(-WINDOW)), levelOf(values.slice(-2 * WINDOW, -WINDOW))];
    const same = Math.abs(last.mean - previous.mean) <= SAME * Math.hypot(last.error, previous.error);
    if (!same && values.length < MOST_WINDOWS * WINDOW) return undefined;
    return same ? levelOf(values.slice(-2 * WINDOW)) : last;
  }
}

function levelOf(values: readonly number[]): Level {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return { mean, deviation, error: deviation / Math.sqrt(values.length) };
}
