import { answerRequests } from "../base/worker-answers.js";
import type { Engine, EngineName } from "../engine/engine.js";
import { startEngine } from "../engine/engines.js";
import { readModel } from "../formats/registry.js";
import { framesSeen } from "../model/layers.js";
import { type Model, parameterCount } from "../model/weights.js";
import { Networks } from "./networks.js";
import { predictBatch } from "./path.js";
import { Scratch } from "./prepare.js";
import type { ModelDescription, WorkerAnswer, WorkerRequest, WorkerStart } from "./worker-messages.js";

let wanted: EngineName = "auto";
let engine: Promise<Engine> | undefined;
const networks = new Networks(async (model) => (await startedEngine()).prepare(model));
/** Requests share this memory and the engine: they are answered one after the other. */
const scratch = new Scratch();

answerRequests<WorkerStart, WorkerRequest, WorkerAnswer>((start) => {
  wanted = start.engine;
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
    case "predict": {
      const { key, batch, wanted, spare } = request;
      const { network, model } = await networks.get(key);
      const { architecture, certainty, pool } = model;
      const predictions = await predictBatch({ network, architecture, certainty, pool }, batch, wanted, {
        scratch,
        spare,
      });
      return { predictions, spent: batch.pixels.buffer as ArrayBuffer };
    }
  }
}

function startedEngine(): Promise<Engine> {
  engine ??= startEngine(wanted);
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
