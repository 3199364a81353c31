import { EngineError } from "../base/errors.js";
import { withoutOptionSentences } from "../base/option-text.js";
import { DEVICES, type Engine } from "../engine/engine.js";
import { type NamedDevice, startOnnxRuntime } from "../engine/onnxruntime.js";
import { startTensorFlow } from "../engine/tensorflow.js";
import { runTrial } from "../engine/trial.js";
import type { Check, Line } from "./check.js";

/** An engine that doctor tries. */
export interface EngineRow {
  name: string;
  devices: readonly NamedDevice[];
  /** The device that counting needs, for the one engine that it needs. */
  needed?: NamedDevice;
  start(device: NamedDevice): Promise<Engine>;
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
    return { name, state: "missing", detail: found, advice: withoutOptionSentences(advice) };
  }
  const loaded = performance.now();
  const { error, isRight, ms: ran } = await runTrial(engine);
  const times = `loaded in ${ms(loaded - began)}, a small network run in ${ms(ran)}`;
  if (isRight) return { name, state: "ok", detail: `${times}, right to ${error.toExponential(0)}` };
  return {
    name,
    state: "broken",
    detail: `wrong numbers: off by ${error.toPrecision(2)} from the known map (${times})`,
    advice: "Do not count or train on this device. Update its driver, and tell the makers of defcon-fiji.",
  };
}

function ms(time: number): string {
  return `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`;
}
