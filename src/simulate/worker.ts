import { answerRequests } from "../base/worker-answers.js";
import { type Block, type DrawnBlock, Renderer } from "./renderer.js";
import type { SimulationSettings } from "./settings.js";

/** What a thread that draws is given at its start. */
export interface WorkerTask {
  settings: SimulationSettings;
  seed: number;
  /** Form of the background, as for {@link Renderer}. */
  form: Float32Array | undefined;
}

answerRequests<WorkerTask, Block, DrawnBlock>(
  ({ settings, seed, form }) => {
    const renderer = new Renderer(settings, seed, form);
    return (block) => renderer.draw(block);
  },
  ({ pixels }) => [pixels.buffer as ArrayBuffer],
);
