import { answerRequests } from "../base/worker-answers.js";
import type { Engine, EngineChoice, Network } from "../engine/engine.js";
import { startEngine } from "../engine/engines.js";
import { readModel } from "../formats/registry.js";
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
/** Requests share this memory and the engine: they are answered one after the other. */
const scratch = new Scratch();
const recordings = new RecordingCertainty();

answerRequests<WorkerStart, WorkerRequest, WorkerAnswer>((start) => {
  wanted = start;
  return answer;
}, buffersOf);

async function answer(request: WorkerRequest): Promise<WorkerAnswer> {
  switch (request.kind) {
    case "start": {
      const { name, device, reason } = await startedEngine();
      return { engine: name, device, reason };
    }
    case "describe":
      return describe(await readModel(request.path));
    case "load": {
      const { key, model } = await networks.hold(request.path);
      return { key, description: describe(model) };
    }
    case "release":
      networks.release(request.key);
      return {};
    case "model":
      return (await networks.get(request.key)).model;
    case "predict":
      return count(request, { scratch, spare: request.spare });
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
  engine ??= startEngine(wanted.engine ?? "auto", wanted.device, wanted.threads);
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
