import { answerRequests } from "../base/worker-answers.js";
import { type Block, type DrawnBlock, Renderer } from "./renderer.js";
import type { SimulationSettings } from "./settings.js";

/** What a thread that draws is started with. */
export interface WorkerTask {
  settings: SimulationSettings;
  seed: number;
  /** Of the background, as {@link Renderer} takes it. */
  form: Float32Array | undefined;
}

answerRequests<WorkerTask, Block, DrawnBlock>(
  ({ settings, seed, form }) => {
    const renderer = new Renderer(settings, seed, form);
    return (block) => renderer.draw(block);
  },
  ({ pixels }) => [pixels.buffer as ArrayBuffer],
);
