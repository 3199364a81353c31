import { throwIfCancelled } from "../base/cancelled.js";
import { type ControlSettings, checkedControl, type GivenControl } from "../control/control-settings.js";
import { Controller } from "../control/controller.js";
import { type LoopQuality, loopQuality } from "../control/loop-quality.js";
import { Microscope } from "./microscope.js";
import { checkedMicroscope, type GivenMicroscope, type MicroscopeSettings } from "./microscope-settings.js";

/** What is rehearsed. */
export interface RehearsalPlan {
  microscope: MicroscopeSettings;
  control: ControlSettings;
  /** Duration, s of the simulated sample. */
  seconds: number;
}

/** Counts a frame (H,W). */
export type Counter = (pixels: Uint16Array) => Promise<number>;

/** Means over each second of a run, in columns. */
export interface SecondMeans {
  /** The end of the second, s. */
  time: number[];
  count: number[];
  /** What the controller was told. */
  reading: number[];
  output: number[];
}

/** A way to steer the light, and how it went. */
export interface WayResult {
  name: string;
  /** The true count against the set point. */
  quality: LoopQuality;
  /** Time from the disturbance until the count had settled again, s; undefined if it never did. */
  settlingAgain: number | undefined;
  /** Share of the molecules that were not bleached at the end. */
  left: number;
  seconds: SecondMeans;
}

/** The names of the ways that need no model. */
export const WAYS = { manual: "constant light", truth: "PI on the true count" } as const;

/** The name of the way that steers by a model's counts. */
export function wayOf(model: string): string {
  return `PI on the count of ${model}`;
}

/** Time over which the light is averaged that a person would choose at the start, s. */
const CHOSEN_OVER = 10;

/**
 * Completes what is to be rehearsed, and checks it.
 * @throws InputError INPUT_OPTION
 */
export function checkedPlan(
  microscope: GivenMicroscope,
  control: GivenControl,
  seconds: number,
): RehearsalPlan {
  return { microscope: checkedMicroscope(microscope), control: checkedControl(control), seconds };
}

/**
 * Steers the same simulated sample in several ways: with constant light, by the true count, and by
 * the counts of models. The constant light is that at which the true count was first held, as a
 * person would set it at the start.
 * @param counters the models by name
 * @param onFrame called after each frame of each way
 * @throws DefconError CANCELLED after `signal`; what counters throw
 */
export async function rehearse(
  plan: RehearsalPlan,
  counters: ReadonlyMap<string, Counter>,
  { signal, onFrame }: { signal?: AbortSignal | undefined; onFrame?: () => void } = {},
): Promise<WayResult[]> {
  const steer = (name: string, control: GivenControl, counter?: Counter) =>
    steered(plan, name, control, counter, { signal, onFrame });
  const truth = await steer(WAYS.truth, plan.control);
  const output = firstHeld(truth, plan);
  const manual = await steer(WAYS.manual, { ...plan.control, mode: "manual", output });
  const ways = [manual, truth];
  for (const [model, counter] of counters) ways.push(await steer(wayOf(model), plan.control, counter));
  return ways;
}

/** How many frames a rehearsal takes. @param models how many */
export function framesOf({ seconds, microscope }: RehearsalPlan, models: number): number {
  return (2 + models) * framesOfWay(seconds, microscope);
}

function framesOfWay(seconds: number, { simulation }: MicroscopeSettings): number {
  return Math.max(1, Math.floor(seconds / simulation.exposure + 1e-6));
}

function firstHeld({ quality, seconds }: WayResult, { control }: RehearsalPlan): number {
  const from = Math.ceil(quality.settling ?? CHOSEN_OVER);
  const chosen = seconds.output.slice(from, from + CHOSEN_OVER);
  const mean = chosen.reduce((sum, value) => sum + value, 0) / Math.max(1, chosen.length);
  return Math.min(control.outputMax, Math.max(control.outputMin, mean));
}

async function steered(
  plan: RehearsalPlan,
  name: string,
  control: GivenControl,
  counter: Counter | undefined,
  { signal, onFrame }: { signal?: AbortSignal | undefined; onFrame?: (() => void) | undefined },
): Promise<WayResult> {
  const microscope = new Microscope(plan.microscope);
  const controller = new Controller(control);
  const run = { time: [] as number[], value: [] as number[], output: [] as number[] };
  const readings: number[] = [];
  let left = 1;
  // A frame is counted while the next one is exposed: that one still has the light before.
  let [output, next] = [controller.step.output, controller.step.output];
  for (let i = framesOfWay(plan.seconds, plan.microscope); i > 0; i--) {
    throwIfCancelled(signal);
    const frame = microscope.expose(output);
    const reading = counter ? await counter(frame.pixels) : frame.count;
    run.time.push(frame.time);
    run.value.push(frame.count);
    run.output.push(output);
    readings.push(reading);
    left = frame.left;
    [output, next] = [next, controller.read(frame.time, reading).output];
    onFrame?.();
  }
  const { setPoint } = plan.control;
  const { disturbedAt } = plan.microscope;
  return {
    name,
    quality: loopQuality(run, setPoint, disturbedAt),
    settlingAgain: disturbedAt === undefined ? undefined : settlingFrom(run, disturbedAt, setPoint),
    left,
    seconds: secondMeans(run.time, { count: run.value, reading: readings, output: run.output }),
  };
}

function settlingFrom(
  run: { time: number[]; value: number[]; output: number[] },
  start: number,
  setPoint: number,
): number | undefined {
  const at = run.time.findIndex((time) => time >= start);
  if (at < 0) return undefined;
  const [time, value, output] = [run.time, run.value, run.output].map((column) => column.slice(at));
  return loopQuality({ time: time!, value: value!, output: output! }, setPoint).settling;
}

/** The second that a frame ends in, by its own end. Sums of exposures are not exact. */
function secondOf(time: number): number {
  return Math.ceil(time - 1e-6);
}

function secondMeans(
  time: readonly number[],
  columns: Record<"count" | "reading" | "output", number[]>,
): SecondMeans {
  const means: SecondMeans = { time: [], count: [], reading: [], output: [] };
  for (let first = 0; first < time.length; ) {
    const second = secondOf(time[first]!);
    let end = first;
    while (end < time.length && secondOf(time[end]!) === second) end++;
    means.time.push(second);
    for (const name of ["count", "reading", "output"] as const) {
      const values = columns[name].slice(first, end);
      means[name].push(values.reduce((sum, value) => sum + value, 0) / values.length);
    }
    first = end;
  }
  return means;
}
