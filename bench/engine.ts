import { DEFAULTS } from "../src/base/limits.js";
import type { Engine } from "../src/engine/engine.js";
import { startOnnxRuntime } from "../src/engine/onnxruntime.js";
import { readModel } from "../src/formats/registry.js";
import { Predictor } from "../src/predict/predictor.js";
import { prepare, Scratch } from "../src/predict/prepare.js";
import { spotsFrame } from "./frames.js";
import { timed } from "./statistics.js";

/** The engine alone, in this thread. */
export interface BareEngine {
  /** One frame that is normalised already. */
  predict(): Promise<unknown>;
  /** One raw frame: normalised, then predicted; what TensorFlow's graph does. */
  normaliseAndPredict(): Promise<unknown>;
  close(): Promise<void>;
}

/** Frames of 512x512 by one network; it should be the only open one of the process: idle threads of another take its time. */
export interface TimedFrames {
  /** Milliseconds from each answer to the next. */
  time(frames: number): Promise<number[]>;
  close(): Promise<void>;
}

const SIDE = 512;

/** The network alone, on frames that are normalised already. */
export async function bareFrames(modelPath: string): Promise<TimedFrames> {
  const { predict, close } = await bareEngine(modelPath, SIDE);
  return { time: (frames) => timed(frames, predict), close };
}

/** Raw frames in, counts out, in the predictor's thread, with one frame under way and the next one waiting: as `predict` counts a stack. */
export async function wholeFrames(modelPath: string): Promise<TimedFrames> {
  const predictor = await Predictor.start();
  const model = await predictor.load(modelPath);
  const frame = spotsFrame(SIDE);
  const wanted = { density: false, maxLocalCount: true, pool: DEFAULTS.pool };
  const count = () => model.predict({ width: SIDE, height: SIDE, count: 1, pixels: frame.slice() }, wanted);
  for (let i = 0; i < 5; i++) await count();
  return {
    async time(frames) {
      let underWay = count();
      const times = await timed(frames, async () => {
        const next = count();
        await underWay;
        underWay = next;
      });
      await underWay;
      return times;
    },
    close: () => predictor.close(),
  };
}

/** A frame that is normalised already, by an engine of choice. */
export async function enginePredict(
  engine: Engine,
  modelPath: string,
  side: number,
): Promise<() => Promise<unknown>> {
  const network = await engine.prepare(await readModel(modelPath));
  const { values } = prepare({ width: side, height: side, count: 1, pixels: spotsFrame(side) }, 4);
  const density = new Float32Array(side * side);
  const predict = () => network.predict(values, [1, side, side], density);
  for (let i = 0; i < 5; i++) await predict();
  return predict;
}

export async function bareEngine(modelPath: string, side: number): Promise<BareEngine> {
  const network = await (await startOnnxRuntime()).prepare(await readModel(modelPath));
  const batch = { width: side, height: side, count: 1, pixels: spotsFrame(side) };
  const { values } = prepare(batch, 4);
  // As in the product, memory is used again from frame to frame.
  const scratch = new Scratch();
  const density = new Float32Array(side * side);
  const engine = {
    predict: () => network.predict(values, [1, side, side], density),
    normaliseAndPredict: () => network.predict(prepare(batch, 4, scratch).values, [1, side, side], density),
    close: () => network.dispose(),
  };
  for (let i = 0; i < 5; i++) await engine.normaliseAndPredict();
  return engine;
}
