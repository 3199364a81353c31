import { stat } from "node:fs/promises";
import { answerRequests } from "../base/worker-answers.js";
import type { Engine, EngineName, Network } from "../engine/engine.js";
import { startEngine } from "../engine/engines.js";
import { readModel } from "../formats/registry.js";
import { framesSeen } from "../model/layers.js";
import { type Model, parameterCount } from "../model/weights.js";
import { predictBatch } from "./path.js";
import { Scratch } from "./prepare.js";
import type { ModelDescription, WorkerAnswer, WorkerRequest, WorkerStart } from "./worker-messages.js";

/** Networks that are kept ready. The one unused for longest goes first. */
const MAX_LOADED = 8;

interface Loaded {
  model: Model;
  network: Network;
  /** Changes when the file is written again. */
  version: string;
}

const loaded = new Map<string, Loaded>();
const described = new Map<string, { version: string; description: ModelDescription }>();
let wanted: EngineName = "auto";
let engine: Promise<Engine> | undefined;
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
      return describeFile(request.path);
    case "load":
      return describe((await load(request.path)).model);
    case "model":
      return (loaded.get(request.path) ?? (await load(request.path))).model;
    case "predict": {
      const entry = loaded.get(request.path) ?? (await load(request.path));
      const { batch, wanted, spare } = request;
      const { network, model } = entry;
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

async function load(path: string): Promise<Loaded> {
  const version = await fileVersion(path);
  const known = loaded.get(path);
  loaded.delete(path);
  if (known?.version === version) {
    loaded.set(path, known);
    return known;
  }
  await known?.network.dispose();
  const model = await readModel(path);
  const entry = { model, network: await (await startedEngine()).prepare(model), version };
  loaded.set(path, entry);
  await evict();
  return entry;
}

async function evict(): Promise<void> {
  for (const [path, { network }] of loaded) {
    if (loaded.size <= MAX_LOADED) return;
    loaded.delete(path);
    await network.dispose();
  }
}

async function fileVersion(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  return status ? `${status.mtimeMs}:${status.size}:${status.ino}` : "missing";
}

/**
 * What a file holds. It is read once for each time it was written: every client that connects asks.
 */
async function describeFile(path: string): Promise<ModelDescription> {
  const version = await fileVersion(path);
  const known = described.get(path);
  if (known?.version === version) return known.description;
  const description = describe(await readModel(path));
  described.set(path, { version, description });
  return description;
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
