import { EngineError } from "../base/errors.js";
import { DEVICES, type Device, type Engine } from "../engine/engine.js";
import { startOnnxRuntime } from "../engine/onnxruntime.js";
import { startTensorFlow } from "../engine/tensorflow.js";
import type { Check, Line } from "./check.js";
import { TOLERANCE, TRIAL_FRAME, TRIAL_MAP, TRIAL_SHAPE, trialModel } from "./trial.js";

/** An engine that doctor tries. */
export interface EngineRow {
  name: string;
  devices: readonly Device[];
  /** The device that counting needs, for the one engine that it needs. */
  needed?: Device;
  start(device: Device): Promise<Engine>;
}

/** All engines. `auto` stands for one of the other devices. */
export const ENGINE_ROWS: readonly EngineRow[] = [
  {
    name: "onnxruntime",
    devices: DEVICES.filter((device) => device !== "auto"),
    needed: "cpu",
    start: startOnnxRuntime,
  },
  { name: "tensorflow", devices: ["cpu", "cuda"], start: startTensorFlow },
];

/** A check for each device of an engine. */
export function engineChecks({ name: engine, devices, needed, start }: EngineRow): Check[] {
  return devices.map((device) => {
    const name = `${engine} on ${device}`;
    return {
      name,
      needed: device === needed,
      lines: async () => [await tryEngine(name, () => start(device))],
    };
  });
}

/** Loads an engine, runs the trial network twice, and compares its map with the known one. */
export async function tryEngine(name: string, start: () => Promise<Engine>): Promise<Line> {
  const began = performance.now();
  let engine: Engine;
  try {
    engine = await start();
  } catch (cause) {
    if (!(cause instanceof EngineError && cause.code === "ENGINE_UNAVAILABLE")) throw cause;
    const { found = cause.finding, advice = "" } = cause.trouble;
    return { name, state: "missing", detail: found, advice };
  }
  const network = await engine.prepare(trialModel());
  const loaded = performance.now();
  // The first run also loads and plans; the second one's time is that of every later frame.
  await network.predict(TRIAL_FRAME.slice(), TRIAL_SHAPE);
  const warm = performance.now();
  const map = await network.predict(TRIAL_FRAME.slice(), TRIAL_SHAPE);
  const ran = performance.now();
  await network.dispose();
  const error = largestError(map);
  const times = `loaded in ${ms(loaded - began)}, a small network run in ${ms(ran - warm)}`;
  if (error <= TOLERANCE) {
    return { name, state: "ok", detail: `${times}, right to ${error.toExponential(0)}` };
  }
  return {
    name,
    state: "broken",
    detail: `wrong numbers: off by ${error.toPrecision(2)} from the known map (${times})`,
    advice: "Do not count or train on this device. Update its driver, and tell the makers of defcon-fiji.",
  };
}

/** NaN where the map has a value that is not a number. */
function largestError(map: Float32Array): number {
  return Math.max(...TRIAL_MAP.map((expected, i) => Math.abs((map[i] ?? Number.NaN) - expected)));
}

function ms(time: number): string {
  return `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`;
}
