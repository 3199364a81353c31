import { startOnnxRuntime } from "../src/engine/onnxruntime.js";
import { readModel } from "../src/formats/registry.js";
import { prepare, Scratch } from "../src/predict/prepare.js";
import { spotsFrame } from "./frames.js";

/** The engine alone, in this thread. */
export interface BareEngine {
  /** One frame that is normalised already. */
  predict(): Promise<unknown>;
  /** One raw frame: normalised, then predicted; what TensorFlow's graph does. */
  normaliseAndPredict(): Promise<unknown>;
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
  };
  for (let i = 0; i < 5; i++) await engine.normaliseAndPredict();
  return engine;
}
