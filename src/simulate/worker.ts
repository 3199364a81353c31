import { parentPort, workerData } from "node:worker_threads";
import { type Block, Renderer } from "./renderer.js";
import type { SimulationSettings } from "./settings.js";

/** What a thread that draws is started with. */
export interface WorkerTask {
  settings: SimulationSettings;
  seed: number;
  /** Of the background, as {@link Renderer} takes it. */
  form: Float32Array | undefined;
}

const port = parentPort!;
const { settings, seed, form } = workerData as WorkerTask;
const renderer = new Renderer(settings, seed, form);

port.on("message", (block: Block) => {
  const drawn = renderer.draw(block);
  port.postMessage(drawn, [drawn.pixels.buffer as ArrayBuffer]);
});
