import { parentPort, workerData } from "node:worker_threads";
import { toPlainError } from "../base/errors.js";

import { augment } from "../dataset/augmentation.js";
import { TrainingSet } from "../dataset/training-set.js";
import { startEngine } from "../engine/engines.js";
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
  const set = await TrainingSet.open(settings.set);
  try {
    const model = await train({
      settings,
      resume,
      engine: await startEngine(settings.engine, settings.device),
      set,
      augment,
      isCancelled: () => cancelled,
      onEvent: (event) => tell({ kind: "event", event }),
    });
    tell({ kind: "done", model });
  } finally {
    set.close();
  }
} catch (error) {
  tell({ kind: "failed", error: toPlainError(error) });
} finally {
  port.close();
}
