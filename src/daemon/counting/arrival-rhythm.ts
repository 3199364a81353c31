/** Intervals that a rhythm is known by: the last ones, and least number of them. */
const [INTERVALS, LEAST] = [8, 4];
/** Longest interval of a steady rhythm, in periods. */
const STEADY = 1.5;
/** How late a frame may be, in periods, before it is not waited for any more. */
const LATE = 0.25;

/** How regularly a stream's frames arrive, to tell when the next one comes. Times are in ms. */
export class ArrivalRhythm {
  private readonly intervals: number[] = [];
  private last: number | undefined;

  /** Tells that a frame has arrived. */
  came(now: number): void {
    if (this.last !== undefined) this.intervals.push(now - this.last);
    if (this.intervals.length > INTERVALS) this.intervals.shift();
    this.last = now;
  }

  /** Time from frame to frame; undefined where it is not steady. */
  private get period(): number | undefined {
    if (this.intervals.length < LEAST) return undefined;
    const sorted = this.intervals.toSorted((a, b) => a - b);
    const period = sorted[sorted.length >> 1]!;
    return sorted.at(-1)! <= STEADY * period ? period : undefined;
  }

  /**
   * How long it pays to wait for the next frame instead of counting the last one: until it comes, if
   * that is sooner than the last one is old; else 0.
   */
  worthWaiting(now: number): number {
    const { period, last } = this;
    if (period === undefined || last === undefined) return 0;
    const age = now - last;
    return age > period / 2 ? Math.max(0, last + (1 + LATE) * period - now) : 0;
  }
}
