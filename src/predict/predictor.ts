import { BufferPool } from "../base/buffer-pool.js";
import { DefconError, EngineError } from "../base/errors.js";
import { WorkerLink } from "../base/worker-link.js";
import type { EngineChoice } from "../engine/engine.js";
import { checkDoubtfulModel } from "../formats/registry.js";
import { fileVersion } from "../library/file-version.js";
import { findModel, type NamedModel, namedModels } from "../library/named-models.js";
import { LoadedModel } from "./loaded-model.js";
import type { FrameBatch, ModelKey, ModelSummary, Prediction, Wanted } from "./prediction.js";
import type {
  ModelDescription,
  WorkerAnswer,
  WorkerAnswers,
  WorkerRequest,
  WorkerStart,
} from "./worker-messages.js";

export type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";

/** Files of which it is remembered that they can be read. */
const MAX_CHECKED = 256;

/**
 * Counts frames with the models of this machine.
 * The engine and all work on pixels are in a worker thread, so that the caller's event loop stays
 * free. A worker that dies takes only the calls under way with it; the next call starts another.
 */
export class Predictor {
  private link: WorkerLink<WorkerRequest, WorkerAnswer> | undefined;
  private readonly pool = new BufferPool();
  /** What the named files held when they were last looked at; nothing for those that are no model. */
  private readonly described = new Map<string, { version: string; description?: ModelDescription }>();
  /** Versions of files that were found readable. */
  private readonly checked = new Map<string, string>();
  private nextJob = 1;
  private closed: Promise<void> | undefined;

  private constructor(
    private readonly given: readonly string[],
    private readonly wanted: EngineChoice,
    private started: WorkerAnswers["start"],
  ) {}

  /**
   * Starts the engine.
   * @param options.models paths of model files to offer by name besides the installed ones; the
   * first becomes the default
   * @param options.engine ONNX Runtime where left out
   * @param options.device the CPU where left out, with ONNX Runtime
   * @param options.threads most threads that count; the engine's own number where left out
   * @param options.orLocal and the others are about servers: see {@link EngineChoice}
   * @throws EngineError ENGINE_UNAVAILABLE
   */
  static async start({
    models = [],
    ...choice
  }: { models?: readonly string[] } & EngineChoice = {}): Promise<Predictor> {
    const unknown = { engine: "", device: "", reason: "", callsAtOnce: 1 };
    const predictor = new Predictor(models, choiceAlone(choice), unknown);
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
      named.map(async (model) => {
        const description = await this.describe(model.path);
        return description ? [summary(model, description)] : [];
      }),
    );
    const known = new Set(named.map(({ path }) => path));
    for (const path of this.described.keys()) if (!known.has(path)) this.described.delete(path);
    const readable = described.flat();
    return readable.map((model, i) => ({ ...model, isDefault: i === 0 }));
  }

  /**
   * What a file holds; undefined for one that is no model.
   * It is read once for each time it was written: every client that connects asks, and the worker
   * may be busy with a large frame.
   */
  private async describe(path: string): Promise<ModelDescription | undefined> {
    const version = await fileVersion(path);
    const known = this.described.get(path);
    if (known?.version === version) return known.description;
    const description = await this.ask("describe", { kind: "describe", path }).catch((error: unknown) => {
      if (error instanceof DefconError && !(error instanceof EngineError)) return undefined;
      throw error;
    });
    this.described.set(path, { version, ...(description && { description }) });
    return description;
  }

  /**
   * Makes a model ready. This is cheap for a model that is ready already.
   * @param nameOrPath a model's name or the path of a model file; the default model where left out
   * @throws ModelFormatError, also MODEL_NOT_FOUND; EngineError
   */
  async load(nameOrPath?: string): Promise<LoadedModel> {
    const model = await findModel(nameOrPath, this.given);
    await this.checkDoubtful(model.path);
    const { key, description } = await this.ask("load", { kind: "load", path: model.path });
    const first = (await namedModels(this.given))[0];
    const isDefault = first?.path === model.path;
    return new LoadedModel({ ...summary(model, description), isDefault }, key, {
      callsAtOnce: this.started.callsAtOnce,
      predict: (of, batch, wanted) => this.predict(of, batch, wanted),
      predictInTurns: (of, batch, wanted, turn) => this.predictInTurns(of, batch, wanted, turn),
      release: (of) => this.release(of),
      model: (of) => this.ask("model", { kind: "model", key: of }),
      giveBack: (buffer) => this.giveBack(buffer),
    });
  }

  /** Checks a file, once for each time it was written, that the engine's thread must not wait for. */
  private async checkDoubtful(path: string): Promise<void> {
    const version = await fileVersion(path);
    if (this.checked.get(path) === version) return;
    await checkDoubtfulModel(path);
    if (this.checked.size >= MAX_CHECKED) this.checked.clear();
    this.checked.set(path, version);
  }

  private async predict(key: ModelKey, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]> {
    const spare = wanted.density ? this.pool.take(4 * batch.count * batch.width * batch.height) : undefined;
    const transfer = [batch.pixels.buffer as ArrayBuffer, ...(spare ? [spare] : [])];
    const question = { kind: "predict", key, batch, wanted, spare } as const;
    const { predictions, spent } = await this.ask("predict", question, transfer);
    this.pool.give(spent);
    return predictions;
  }

  private async predictInTurns(
    key: ModelKey,
    batch: FrameBatch,
    wanted: Wanted,
    turn: () => Promise<boolean>,
  ): Promise<Prediction[]> {
    const job = this.nextJob++;
    const question = { kind: "begin", job, key, batch, wanted } as const;
    let step = await this.ask("begin", question, [batch.pixels.buffer as ArrayBuffer]);
    // A thread that is started anew knows nothing of the job.
    const { link } = this;
    while (!step.done) {
      const goesOn = await turn();
      if (this.link !== link || link?.isLost) throw threadEnded("another one counts since then");
      if (!goesOn) {
        await this.ask("abandon", { kind: "abandon", job });
        throw new DefconError("CANCELLED", { subject: "a frame whose stream has ended" });
      }
      step = await this.ask("continue", { kind: "continue", job });
    }
    this.pool.give(step.spent);
    return step.predictions;
  }

  /** A thread that was lost, or a predictor that was closed, holds nothing. */
  private release(key: ModelKey): void {
    if (this.closed || !this.link || this.link.isLost) return;
    this.ask("release", { kind: "release", key }).catch(() => undefined);
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
    // stop() waits for the end of the call under way: a thread that ends within one would make ONNX
    // Runtime abort the process.
    await this.link?.stop(CLOSED);
  }

  private async ask<K extends WorkerRequest["kind"]>(
    _kind: K,
    request: WorkerRequest & { kind: K },
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<WorkerAnswers[K]> {
    // A caller that tries again after the end must not start another worker.
    if (this.closed) throw threadEnded(CLOSED);
    return (await this.runningLink().ask(request, transfer)) as WorkerAnswers[K];
  }

  private runningLink(): WorkerLink<WorkerRequest, WorkerAnswer> {
    if (this.link && !this.link.isLost) return this.link;
    const start: WorkerStart = this.wanted;
    this.link = new WorkerLink(new URL("./worker.js", import.meta.url), start, threadEnded);
    return this.link;
  }
}

const CLOSED = "it was closed";

function threadEnded(found: string): EngineError {
  return new EngineError("ENGINE_FAILED", {
    subject: "the engine's thread ended",
    found,
    ...(found !== CLOSED && { advice: "If memory ran out, close other programs or count a smaller region." }),
  });
}

/** The choice without other options, which may be nothing that crosses threads. */
function choiceAlone({
  engine,
  device,
  threads,
  orLocal,
  engineCa,
  engineToken,
  engineTimeout,
}: EngineChoice): EngineChoice {
  return { engine, device, threads, orLocal, engineCa, engineToken, engineTimeout };
}

function summary(model: NamedModel, description: ModelDescription): ModelSummary {
  return { ...model, isDefault: false, ...description };
}
