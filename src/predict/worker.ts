import { answerRequests } from "../base/worker-answers.js";
import type { Engine, EngineChoice, Network } from "../engine/engine.js";
import { startChosenEngine } from "../engine/engines.js";
import { readModel } from "../formats/registry.js";
import { fromOtherThread } from "../model/architectures.js";
import { framesSeen } from "../model/layers.js";
import { type Model, parameterCount } from "../model/weights.js";
import { Networks } from "./networks.js";
import { type Memory, predictBatch } from "./path.js";
import { Scratch } from "./prepare.js";
import { RecordingCertainty } from "./recording-certainty.js";
import { Stepped } from "./stepped.js";
import type {
  ModelDescription,
  WorkerAnswer,
  WorkerAnswers,
  WorkerRequest,
  WorkerStart,
} from "./worker-messages.js";

let wanted: EngineChoice = {};
let engine: Promise<Engine> | undefined;
const networks = new Networks(async (model) => (await startedEngine()).prepare(model));
/** Large frames that are counted tile by tile, as the main thread says. */
const jobs = new Map<number, Stepped<Counted>>();
/** Batches that are counted at a time: an engine on servers has use for more than one. */
let atOnce = 1;
/** Memory that no batch uses now. */
const idle: Scratch[] = [];
/** Over once the batches before are counted: what is told of a frame depends on those before it. */
let earlier: Promise<unknown> = Promise.resolve();
const recordings = new RecordingCertainty();

answerRequests<WorkerStart, WorkerRequest, WorkerAnswer>(
  (start) => {
    wanted = start;
    return answer;
  },
  buffersOf,
  ({ kind }) => (kind === "predict" ? atOnce : 1),
);

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.kind) {
    case "start": {
      const { name, device, reason, callsAtOnce = 1 } = await startedEngine();
      return { engine: name, device, reason, callsAtOnce };
    }
    case "describe":
      return describe(await readModel(request.path));
    case "load": {
      const { key, model } = await networks.hold(request.path);
      return { key, description: describe(model) };
    }
    case "adopt":
      return describe(await networks.adopt(request.key, fromOtherThread(request.model)));
    case "release":
      networks.release(request.key);
      return {};
    case "model":
      return (await networks.get(request.key)).model;
    case "predict":
      return countInOrder(request);
    case "begin":
      jobs.set(request.job, new Stepped((pause) => count(request, { pause })));
      return step(request.job);
    case "continue":
      return step(request.job);
    case "abandon":
      jobs.delete(request.job);
      return {};
  }
}

type Counted = WorkerAnswers["predict"];

/** Counts a batch whose network may run beside those of others. */
async function countInOrder(request: WorkerRequest & { kind: "predict" }): Promise<Counted> {
  const scratch = idle.pop() ?? new Scratch();
  const before = earlier;
  const counted = count(request, { scratch, spare: request.spare, turn: () => before });
  earlier = counted.catch(() => undefined);
  try {
    return await counted;
  } finally {
    idle.push(scratch);
  }
}

async function count(
  { key, batch, wanted }: Pick<WorkerRequest & { kind: "predict" }, "key" | "batch" | "wanted">,
  memory: Memory,
): Promise<Counted> {
  // The network may be another object after a pause: others may have needed its place.
  const { architecture, certainty, pool } = (await networks.get(key)).model;
  const network: Pick<Network, "predict"> = {
    predict: async (...call) => (await networks.get(key)).network.predict(...call),
  };
  const predictions = await predictBatch({ network, architecture, certainty, pool }, batch, wanted, {
    ...memory,
    recordings,
  });
  return { predictions, spent: batch.pixels.buffer as ArrayBuffer };
}

async function step(job: number): Promise<WorkerAnswers["begin"]> {
  try {
    const found = await jobs.get(job)!.next();
    if (!found.done) return found;
    jobs.delete(job);
    return { done: true, ...found.value };
  } catch (error) {
    jobs.delete(job);
    throw error;
  }
}

function startedEngine(): Promise<Engine> {
  engine ??= startChosenEngine(wanted).then((started) => {
    atOnce = started.callsAtOnce ?? 1;
    return started;
  });
  return engine;
}

function describe({ architecture, provenance, pool, certainty }: Model): ModelDescription {
  return {
    architecture: architecture.name,
    parameters: parameterCount(architecture),
    framesSeen: framesSeen(architecture),
    description: provenance.description ?? architecture.description,
    pool,
    ...(certainty && { trainedOn: certainty.trainedOn }),
  };
}

/**
 * The buffers of pixels and density maps in an answer, each once.
 * They move to the other thread without a copy.
 */
function buffersOf(answer: WorkerAnswer): ArrayBuffer[] {
  if (!("predictions" in answer)) return [];
  const { predictions, spent } = answer;
  const maps = predictions.flatMap(({ density, preview }) =>
    [density, preview?.pixels].flatMap((map) => (map ? [map.buffer as ArrayBuffer] : [])),
  );
  return [...new Set([spent, ...maps])];
}
