import { answerRequests } from "../base/worker-answers.js";
import { augment } from "../dataset/augmentation.js";
import { startEngine } from "../engine/engines.js";
import type { TrainingEvent } from "./events.js";
import { openSource } from "./open-source.js";
import { settleSamples } from "./sample-budget.js";
import { train } from "./trainer.js";
import type { TrainingTask } from "./training-run.js";

answerRequests<undefined, TrainingTask, string, TrainingEvent>(() => trainAsAsked);

async function trainAsAsked(
  { settings, resume, force }: TrainingTask,
  onEvent: (event: TrainingEvent) => void,
  signal: AbortSignal,
): Promise<string> {
  const source = await openSource(settings);
  try {
    const engine = await startEngine(settings.engine, settings.device);
    return await train({
      settings: await settleSamples(settings, resume, engine, source),
      resume,
      force,
      engine,
      source,
      augment,
      isCancelled: () => signal.aborted,
      onEvent,
    });
  } finally {
    await source.close();
  }
}
