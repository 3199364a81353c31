import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { EngineName } from "../src/engine/engine.js";
import { startEngine } from "../src/engine/engines.js";
import { enginePredict } from "./engine.js";
import { timed } from "./statistics.js";
import { trainingSteps } from "./training.js";

/** What is measured of an engine: a frame of 512x512, and a step of 32 frames of 64x64 of either stage. */
export const ENGINE_WORK = ["frame", "segmentation", "density"] as const;
export type EngineTimes = Record<(typeof ENGINE_WORK)[number], number[]>;

/** An engine in a process of its own: two libraries' threads would be in each other's way. It computes only when it is asked to. */
export interface EngineProcess {
  /** Times of some frames and steps, ms. */
  measure(): Promise<EngineTimes>;
  close(): Promise<void>;
}

/** @throws Error where the engine cannot be started; it says why on standard error */
export async function engineProcess(engine: EngineName, model: string): Promise<EngineProcess> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), engine, model], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the process of ${engine} ended`);
    return value as string;
  };
  await answer();
  return {
    async measure() {
      child.stdin.write("\n");
      return JSON.parse(await answer()) as EngineTimes;
    },
    async close() {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}

const [FRAMES, STEPS] = [20, 8];

async function serve(name: EngineName, model: string): Promise<void> {
  const engine = await startEngine(name, "cpu");
  const frame = await enginePredict(engine, model, 512);
  const { segmentation, density } = await trainingSteps(engine);
  console.log("ready");
  for await (const _ of createInterface({ input: process.stdin })) {
    const times: EngineTimes = {
      frame: await timed(FRAMES, frame),
      segmentation: await timed(STEPS, segmentation),
      density: await timed(STEPS, density),
    };
    console.log(JSON.stringify(times));
  }
}

// As a program: ENGINE MODEL; measures once for each line of its input.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await serve(process.argv[2] as EngineName, process.argv[3]!);
}
