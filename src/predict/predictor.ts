import { once } from "node:events";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { BufferPool } from "../base/buffer-pool.js";
import { DefconError, EngineError, fromPlainError, InputError, messageOf } from "../base/errors.js";
import type { EngineName } from "../engine/engine.js";
import { findModel, type NamedModel, namedModels } from "../library/named-models.js";
import type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";
import type {
  ModelDescription,
  WorkerAnswers,
  WorkerReply,
  WorkerRequest,
  WorkerStart,
  WorkerStop,
} from "./worker-messages.js";

export type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";

interface Pending {
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** {@link WorkerRequest} without its id, as a union of its kinds. */
type Question = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, "id"> : never) : never;

/**
 * Counts frames with the models of this machine.
 * The engine and all work on pixels are in a worker thread, so that the caller's event loop stays
 * free. A worker that dies takes only the calls under way with it; the next call starts another.
 */
export class Predictor {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private readonly resolved = new Map<string, NamedModel & Pick<ModelSummary, "framesSeen">>();
  private readonly pool = new BufferPool();
  private nextId = 1;
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly given: readonly string[],
    private readonly wanted: EngineName,
    private started: WorkerAnswers["start"],
  ) {}

  /**
   * Starts the engine.
   * @param options.models paths of model files to offer by name besides the installed ones; the
   * first becomes the default
   * @param options.engine ONNX Runtime where left out
   * @throws EngineError ENGINE_UNAVAILABLE
   */
  static async start(
    options: { models?: readonly string[]; engine?: EngineName | undefined } = {},
  ): Promise<Predictor> {
    const unknown = { engine: "", device: "", reason: "" };
    const predictor = new Predictor(options.models ?? [], options.engine ?? "auto", unknown);
    predictor.started = await predictor.ask("start", { kind: "start" });
    return predictor;
  }

  /** Name of the engine that runs: "onnxruntime". */
  get engine(): string {
    return this.started.engine;
  }

  /** The device it runs on: "cpu". */
  get device(): string {
    return this.started.device;
  }

  /** Why it is this engine and this device. */
  get reason(): string {
    return this.started.reason;
  }

  /**
   * The models that have a name, the default first, without installed files that cannot be read.
   */
  async models(): Promise<ModelSummary[]> {
    const named = await namedModels(this.given);
    const described = await Promise.all(
      named.map((model) =>
        this.ask("describe", { kind: "describe", path: model.path })
          .then((description) => summary(model, description))
          .catch((error: unknown) => {
            if (error instanceof DefconError && !(error instanceof EngineError)) return undefined;
            throw error;
          }),
      ),
    );
    const readable = described.filter((model) => model !== undefined);
    return readable.map((model, i) => ({ ...model, isDefault: i === 0 }));
  }

  /**
   * Makes a model ready. This is cheap for a model that is ready already.
   * @param nameOrPath a model's name, the path of a model file, or "" for the default
   * @throws InputError MODEL_NOT_FOUND, ModelFormatError, EngineError
   */
  async load(nameOrPath: string): Promise<ModelSummary> {
    const model = await findModel(nameOrPath, this.given);
    const description = await this.ask("load", { kind: "load", path: model.path });
    // A stream of the default model keeps it when another one becomes the default. A file must not
    // take the place of the model with its name.
    const keys = nameOrPath === "" ? [nameOrPath, model.name] : [nameOrPath];
    for (const key of keys) this.resolved.set(key, { ...model, framesSeen: description.framesSeen });
    const first = (await namedModels(this.given))[0];
    return { ...summary(model, description), isDefault: first?.path === model.path };
  }

  /**
   * Counts the frames of a batch with a model that {@link load} has made ready.
   * @param model the name or path that was given to `load`
   * @param batch its pixel buffer moves to the worker and is empty afterwards
   * @returns one prediction a frame, in order
   * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError ENGINE_FAILED
   */
  async predict(model: string, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]> {
    const known = this.loaded(model);
    const spare = wanted.density ? this.pool.take(4 * batch.count * batch.width * batch.height) : undefined;
    const transfer = [batch.pixels.buffer as ArrayBuffer, ...(spare ? [spare] : [])];
    const question = { kind: "predict", path: known.path, batch, wanted, spare } as const;
    const { predictions, spent } = await this.ask("predict", question, transfer);
    this.pool.give(spent);
    return predictions;
  }

  /**
   * The number of frames that a model looks at to count one. Above 1, batches need neighbours.
   * @throws InputError MODEL_NOT_FOUND for a model that was not loaded
   */
  framesSeen(model: string): number {
    return this.loaded(model).framesSeen;
  }

  private loaded(model: string): NamedModel & Pick<ModelSummary, "framesSeen"> {
    const known = this.resolved.get(model);
    if (known) return known;
    throw new InputError("MODEL_NOT_FOUND", {
      subject: `model ${model}`,
      found: "a model that was not loaded",
    });
  }

  /** A buffer for a batch's pixels, with arbitrary contents. */
  borrow(bytes: number): ArrayBuffer {
    return this.pool.take(bytes);
  }

  /** Takes back a density map's buffer. Nobody may need its values any more. */
  giveBack(buffer: ArrayBuffer): void {
    this.pool.give(buffer);
  }

  /**
   * Ends the worker once the engine's call under way is over.
   * All other calls, earlier and later ones, fail at once.
   */
  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.failPending(CLOSED);
    if (!worker) return;
    const ended = once(worker, "exit");
    worker.ref();
    worker.postMessage({ kind: "stop" } satisfies WorkerStop);
    await ended;
  }

  private ask<K extends Question["kind"]>(
    _kind: K,
    question: Question & { kind: K },
    transfer: ArrayBuffer[] = [],
  ): Promise<WorkerAnswers[K]> {
    // A caller that tries again after the end must not start another worker.
    if (this.closed) return Promise.reject(threadEnded(CLOSED));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      try {
        const worker = this.runningWorker();
        // The worker keeps the program alive only while a call is under way.
        worker.ref();
        worker.postMessage({ id, ...question } satisfies WorkerRequest, transfer);
      } catch (error) {
        this.pending.delete(id);
        reject(error);
      }
    });
  }

  private runningWorker(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      env: SHARE_ENV,
      workerData: { engine: this.wanted } satisfies WorkerStart,
    });
    worker.on("message", (reply: WorkerReply) => this.settle(reply));
    worker.on("error", (error) => this.lose(worker, messageOf(error)));
    worker.on("exit", (code) => this.lose(worker, `exit code ${code}`));
    this.worker = worker;
    return worker;
  }

  private settle(reply: WorkerReply): void {
    const pending = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (this.pending.size === 0) this.worker?.unref();
    if (reply.ok) pending?.resolve(reply.answer as never);
    else pending?.reject(fromPlainError(reply.error));
  }

  private lose(worker: Worker, reason: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.failPending(reason);
  }

  private failPending(reason: string): void {
    const error = threadEnded(reason);
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}

const CLOSED = "the predictor was closed";

function threadEnded(found: string): EngineError {
  return new EngineError("ENGINE_FAILED", {
    subject: "the engine's thread ended",
    found,
    advice: "If memory ran out, close other programs or count a smaller region.",
  });
}

function summary(model: NamedModel, description: ModelDescription): ModelSummary {
  return { ...model, isDefault: false, ...description };
}
