import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "../base/errors.js";

import { augment } from "../dataset/augmentation.js";
import { startEngine } from "../engine/engines.js";
import { openSource } from "./open-source.js";
import { settleSamples } from "./sample-budget.js";
import { train } from "./trainer.js";
import { CANCEL, type WorkerMessage, type WorkerTask } from "./worker-messages.js";

const port = parentPort!;
const { settings, resume } = workerData as WorkerTask;
const tell = (message: WorkerMessage) => port.postMessage(message);
let cancelled = false;
port.on("message", (message) => {
  if (message === CANCEL) cancelled = true;
});

try {
  const source = await openSource(settings);
  try {
    const engine = await startEngine(settings.engine, settings.device);
    const model = await train({
      settings: await settleSamples(settings, resume, engine, source),
      resume,
      engine,
      source,
      augment,
      isCancelled: () => cancelled,
      onEvent: (event) => tell({ kind: "event", event }),
    });
    tell({ kind: "done", model });
  } finally {
    await source.close();
  }
} catch (error) {
  tell({ kind: "failed", error: toPlainError(error) });
} finally {
  port.close();
}
