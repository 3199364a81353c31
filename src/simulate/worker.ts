import { parentPort, workerData } from "node:worker_threads";
import { type Block, Renderer } from "./renderer.js";
import type { SimulationSettings } from "./settings.js";

/** What a thread that draws is started with. */
export interface WorkerTask {
  settings: SimulationSettings;
  seed: number;
}

const port = parentPort!;
const { settings, seed } = workerData as WorkerTask;
const renderer = new Renderer(settings, seed);

port.on("message", (block: Block) => {
  const drawn = renderer.draw(block);
  port.postMessage(drawn, [drawn.pixels.buffer as ArrayBuffer, drawn.background.buffer as ArrayBuffer]);
});
