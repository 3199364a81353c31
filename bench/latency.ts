import { setTimeout as pause } from "node:timers/promises";
import type { BenchDaemon } from "./daemon.js";
import { bareEngine } from "./engine.js";
import { spotsFrame } from "./frames.js";
import { median, timed } from "./statistics.js";

const SIDE = 256;
/** Periods of the cameras, in the engine's own time. */
const CAMERAS = { slower: 2.5, faster: 0.8 } as const;
/** Frames of a camera's turn, and turns. */
const [FRAMES, TURNS] = [300, 3];
/** Frames of a turn that tell the daemon the camera's rate, and are judged one by one as the first of a recording. */
const WARM_UP = 80;

/** From the copy of a camera's frame to its count, and the engine's own time, ms. */
export interface Latency {
  camera: keyof typeof CAMERAS;
  density: boolean;
  latency: number;
  /** When it counts frame after frame. */
  engine: number;
  /** When it counts at the camera's rate, and rests in between where the camera is slower. */
  resting: number;
  /** Share of the frames that were counted. */
  counted: number;
}

/** Cameras that are slower and faster than the engine, with and without maps, in turns with the engine alone. */
export async function latencies(daemon: BenchDaemon, modelPath: string): Promise<Latency[]> {
  const engine = await bareEngine(modelPath, SIDE);
  const kinds = (["slower", "faster"] as const).flatMap((camera) =>
    [false, true].map((density) => ({
      camera,
      density,
      times: [] as number[],
      resting: [] as number[],
      sent: 0,
      counted: 0,
    })),
  );
  const alone = await timed(60, engine.predict);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const kind of kinds) {
      alone.push(...(await timed(20, engine.predict)));
      const period = CAMERAS[kind.camera] * median(alone);
      kind.resting.push(...(await timedAtRate(40, period, engine.predict)));
      const times = await cameraTurn(daemon, period, kind.density);
      kind.counted += times.length;
      kind.times.push(...times.slice(WARM_UP));
      kind.sent += FRAMES;
    }
  }
  await engine.close();
  return kinds.map(({ camera, density, times, resting, sent, counted }) => ({
    ...{ camera, density, latency: median(times), engine: median(alone) },
    ...{ resting: median(resting), counted: counted / sent },
  }));
}

/** Times of calls that begin at a steady rate, or one after the other where they take longer, ms. */
async function timedAtRate(calls: number, period: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const start = performance.now();
  for (let i = 0; i < calls; i++) {
    await pause(Math.max(0, start + i * period - performance.now()));
    times.push(...(await timed(1, call)));
  }
  return times;
}

/** Frames at a steady rate to a stream that wants the newest. @returns latencies of those that were counted */
async function cameraTurn(daemon: BenchDaemon, period: number, density: boolean): Promise<number[]> {
  const camera = spotsFrame(SIDE);
  const { stream, close } = await daemon.openLatest(SIDE, density);
  const copied: number[] = [];
  const times: number[] = [];
  const taking = (async () => {
    for await (const answer of stream.results()) {
      if (answer.kind === "result") times.push(performance.now() - copied[answer.sequence]!);
    }
  })();
  const start = performance.now();
  for (let i = 0; i < FRAMES; i++) {
    // A camera takes no processor time: it sleeps, a millisecond more or less.
    await pause(Math.max(0, start + i * period - performance.now()));
    copied.push(performance.now());
    await stream.send(camera.slice(), i);
  }
  await stream.close();
  await taking;
  await close();
  return times;
}
