import { BufferPool } from "../base/buffer-pool.js";
import { DefconError, EngineError, ModelFormatError } from "../base/errors.js";
import type { EngineChoice } from "../engine/engine.js";
import { readDoubtfulModel } from "../formats/registry.js";
import { fileVersion } from "../library/file-version.js";
import { findModel, type NamedModel, namedModels } from "../library/named-models.js";
import { fromOtherThread } from "../model/architectures.js";
import { EngineThread } from "./engine-thread.js";
import { LoadedModel, type ModelEngine } from "./loaded-model.js";
import type { ModelKey, ModelSummary } from "./prediction.js";
import type { ModelDescription, WorkerAnswers } from "./worker-messages.js";

export type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";

/** Files of which it is remembered that they can be read. */
const MAX_CHECKED = 256;

/** How a predictor counts, and what it offers by name. */
export interface PredictorOptions extends EngineChoice {
  /**
   * Paths of model files to offer by name besides the installed ones. The first is the default.
   */
  models?: readonly string[];
  /** Whether models may count large frames in a thread of their own, beside small ones. */
  largeApart?: boolean;
}

/**
 * Counts frames with the models of this machine.
 * The engine and all work on pixels are in a worker thread, so that the caller's event loop stays
 * free. A worker that dies takes only the calls under way with it; the next call starts another.
 */
export class Predictor {
  private readonly pool = new BufferPool();
  private readonly main: EngineThread;
  /** Counts large frames, where they are to be apart. It starts with the first of them. */
  private readonly large: EngineThread | undefined;
  /** What the named files held when they were last looked at; nothing for those that are no model. */
  private readonly described = new Map<string, { version: string; description?: ModelDescription }>();
  /** Versions of files that were found readable. */
  private readonly checked = new Map<string, string>();
  private started: WorkerAnswers["start"] = { engine: "", device: "", reason: "", callsAtOnce: 1 };

  private constructor(
    private readonly given: readonly string[],
    choice: EngineChoice,
    largeApart: boolean,
  ) {
    this.main = new EngineThread(choice, this.pool);
    if (largeApart) this.large = new EngineThread(choice, this.pool);
  }

  /**
   * Starts the engine.
   * @param options.engine ONNX Runtime where left out
   * @param options.device the CPU where left out, with ONNX Runtime
   * @param options.threads most threads that count; the engine's own number where left out
   * @param options.orLocal and the others are about servers: see {@link EngineChoice}
   * @throws EngineError ENGINE_UNAVAILABLE
   */
  static async start({
    models = [],
    largeApart = false,
    ...choice
  }: PredictorOptions = {}): Promise<Predictor> {
    const predictor = new Predictor(models, choiceAlone(choice), largeApart && isShared(choice));
    predictor.started = await predictor.main.ask("start", { kind: "start" });
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
    const description = await this.main
      .ask("describe", { kind: "describe", path })
      .catch((error: unknown) => {
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
    const { key, description } =
      (await this.adopted(model.path)) ?? (await this.main.ask("load", { kind: "load", path: model.path }));
    const first = (await namedModels(this.given))[0];
    const isDefault = first?.path === model.path;
    return new LoadedModel({ ...summary(model, description), isDefault }, key, {
      ...this.engineOf(this.main),
      ...(this.large && { apart: () => this.apart(key) }),
    });
  }

  /** Hands a model that the main thread holds to the thread for large frames. */
  private async apart(key: ModelKey): Promise<ModelEngine> {
    const large = this.large!;
    const model = await this.main.ask("model", { kind: "model", key });
    await large.ask("adopt", { kind: "adopt", key, model });
    return this.engineOf(large);
  }

  private engineOf(thread: EngineThread): ModelEngine {
    return {
      callsAtOnce: this.started.callsAtOnce,
      predict: (key, batch, wanted) => thread.predict(key, batch, wanted),
      predictInTurns: (key, batch, wanted, turn) => thread.predictInTurns(key, batch, wanted, turn),
      release: (key) => thread.release(key),
      model: async (key) => fromOtherThread(await thread.ask("model", { kind: "model", key })),
      giveBack: (buffer) => this.giveBack(buffer),
    };
  }

  /**
   * Has the engine hold what was read here, of a file that its thread must not wait for.
   * It is read once for each time it was written; undefined for files that its thread may read.
   * @throws ModelFormatError
   */
  private async adopted(path: string): Promise<WorkerAnswers["load"] | undefined> {
    const version = await fileVersion(path);
    if (this.checked.get(path) === version) return undefined;
    const model = await readDoubtfulModel(path);
    // What was written meanwhile is not what that version names.
    if (model && (await fileVersion(path)) !== version) throw changingModel(path);
    if (this.checked.size >= MAX_CHECKED) this.checked.clear();
    this.checked.set(path, version);
    if (!model) return undefined;
    const key = { path, version };
    return { key, description: await this.main.ask("adopt", { kind: "adopt", key, model }) };
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
   * Ends the engine once its call under way is over.
   * All other calls, earlier and later ones, fail at once.
   */
  async close(): Promise<void> {
    await Promise.all([this.main.close(), this.large?.close()]);
  }
}

function changingModel(path: string): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: "a file that stays as it is while it is read",
    found: "another one in its place by the end",
    advice: "Try again once nobody writes it.",
  });
}

/**
 * Whether two threads can count side by side: with ONNX Runtime on the processor, where nobody bounds
 * the number of threads.
 */
function isShared({ engine = "auto", device = "cpu", threads }: EngineChoice): boolean {
  return (engine === "auto" || engine === "onnxruntime") && device === "cpu" && threads === undefined;
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
