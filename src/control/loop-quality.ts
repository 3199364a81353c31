/** A run of a control loop, in columns of equal length. */
export interface LoopRun {
  /** s, rising. */
  time: readonly number[];
  /** True values of what is held. */
  value: readonly number[];
  /** The light's. */
  output: readonly number[];
}

/** How well a loop held its set point. */
export interface LoopQuality {
  /** Time from the start until the value stays within the band, s; undefined if it never does. */
  settling: number | undefined;
  /** Largest excess over the set point after it was first reached, as a share of it. */
  overshoot: number;
  /** Mean excess over the set point once settled, as a share of it; of the last third if it never did. */
  steadyError: number;
  /** Share of the time outside the band. */
  outside: number;
  /** Output times time, in the light's unit times s. */
  dose: number;
}

/** Half the band around the set point, as a share of it. */
export const BAND = 0.2;
/** Values are averaged over this time before they are compared with the band, s. */
export const AVERAGED = 3;
/** Share of a time for which the value must be within the band to have stayed there. */
const STAYS = 0.9;
/** The time for which a value must stay there at once to have settled, s. */
const SOON = 10;

/**
 * Judges a run against its set point.
 * Counts of single frames scatter by chance, so the mean over three seconds is judged. A loop has settled
 * at the first time from which nine tenths of the next ten seconds, and of all that follows, lie
 * within the band.
 * @param until end of the part that settling is judged on, s: a disturbance
 */
export function loopQuality(run: LoopRun, setPoint: number, until = Number.POSITIVE_INFINITY): LoopQuality {
  const { time, output } = run;
  const smooth = movingMean(run);
  const inside = smooth.map((value) => Math.abs(value - setPoint) <= BAND * setPoint);
  const end = time.findIndex((each) => each >= until);
  const settledAt = settledIndex(inside.slice(0, end < 0 ? inside.length : end), time);
  const reached = smooth.findIndex((value) => value >= setPoint);
  const after = reached < 0 ? [] : smooth.slice(reached);
  const steady = run.value.slice(settledAt ?? Math.floor((2 * time.length) / 3));
  return {
    settling: settledAt === undefined ? undefined : time[settledAt]! - time[0]!,
    overshoot: Math.max(0, ...after.map((value) => value / setPoint - 1)),
    steadyError: mean(steady) / setPoint - 1,
    outside: inside.filter((each) => !each).length / inside.length,
    dose: time.slice(1).reduce((sum, each, i) => sum + output[i]! * (each - time[i]!), 0),
  };
}

/** The first index from which values stay within the band, in the next seconds and in all that follows. */
function settledIndex(inside: readonly boolean[], time: readonly number[]): number | undefined {
  const before = [0];
  for (const each of inside) before.push(before.at(-1)! + Number(each));
  const stays = (from: number, to: number) => before[to]! - before[from]! >= STAYS * (to - from);
  let soon = 0;
  for (let i = 0; i < inside.length; i++) {
    while (soon < inside.length && time[soon]! - time[i]! < SOON) soon++;
    if (soon === inside.length) return undefined;
    if (inside[i] && stays(i, soon) && stays(i, inside.length)) return i;
  }
  return undefined;
}

/** Means over the {@link AVERAGED} seconds before each time. */
function movingMean({ time, value }: LoopRun): number[] {
  const means: number[] = [];
  let [first, sum] = [0, 0];
  for (let i = 0; i < time.length; i++) {
    sum += value[i]!;
    // Sums of exposures are not exact.
    while (time[i]! - time[first]! >= AVERAGED - 1e-6) sum -= value[first++]!;
    means.push(sum / (i - first + 1));
  }
  return means;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
