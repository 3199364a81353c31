import { ModelFormatError } from "../base/errors.js";
import type { Network } from "../engine/engine.js";
import { readModel } from "../formats/registry.js";
import { fileVersion } from "../library/file-version.js";
import type { Model } from "../model/weights.js";
import type { ModelKey } from "./prediction.js";

/** Networks that are kept ready. The one unused for longest goes first. */
const MAX_READY = 8;

interface Entry {
  model: Model;
  /** Absent while it is not ready. */
  network: Network | undefined;
  /** Users who count on these very weights, whatever becomes of the file. */
  holds: number;
}

/** A network that is ready, with its model. */
export interface ReadyModel {
  model: Model;
  network: Network;
}

/**
 * The networks of one engine, by the file and the version of that file that they were read from.
 * The weights of a held model stay in memory until it is released, so that a file that is replaced
 * or removed never changes what a user's frames are counted with.
 */
export class Networks {
  /** The one used last is at the end. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly prepare: (model: Model) => Promise<Network>) {}

  /**
   * Makes the model that is in a file now ready, for one more user.
   * @throws InputError INPUT_NOT_FOUND, ModelFormatError, EngineError
   */
  async hold(path: string): Promise<{ key: ModelKey; model: Model }> {
    const key = { path, version: await fileVersion(path) };
    const entry = this.entries.get(nameOf(key)) ?? this.add(key, await readModel(path));
    await this.holdEntry(key, entry);
    return { key, model: entry.model };
  }

  /**
   * Makes a model ready that another thread read, for one more user.
   * @throws EngineError
   */
  async adopt(key: ModelKey, model: Model): Promise<Model> {
    const entry = this.entries.get(nameOf(key)) ?? this.add(key, model);
    await this.holdEntry(key, entry);
    return entry.model;
  }

  private async holdEntry(key: ModelKey, entry: Entry): Promise<void> {
    entry.holds++;
    try {
      await this.makeReady(key, entry);
    } catch (error) {
      this.release(key);
      throw error;
    }
  }

  /** Ends one use of a model. */
  release(key: ModelKey): void {
    const entry = this.entries.get(nameOf(key));
    if (!entry) return;
    entry.holds = Math.max(0, entry.holds - 1);
    if (entry.holds === 0 && !entry.network) this.entries.delete(nameOf(key));
  }

  /**
   * The network of a held model.
   * A thread that was started anew holds nothing: the file is read again if it is still the same.
   * @throws ModelFormatError MODEL_FORMAT where it is not; EngineError
   */
  async get(key: ModelKey): Promise<ReadyModel> {
    const known = this.entries.get(nameOf(key));
    if (known) return { model: known.model, network: await this.makeReady(key, known) };
    if ((await fileVersion(key.path)) !== key.version) throw changedModel(key);
    const entry = this.add(key, await readModel(key.path));
    entry.holds++;
    return { model: entry.model, network: await this.makeReady(key, entry) };
  }

  private add(key: ModelKey, model: Model): Entry {
    const entry: Entry = { model, network: undefined, holds: 0 };
    this.entries.set(nameOf(key), entry);
    return entry;
  }

  private async makeReady(key: ModelKey, entry: Entry): Promise<Network> {
    this.entries.delete(nameOf(key));
    this.entries.set(nameOf(key), entry);
    entry.network ??= await this.prepare(entry.model);
    const network = entry.network;
    await this.evict();
    return network;
  }

  private async evict(): Promise<void> {
    let ready = [...this.entries.values()].filter(({ network }) => network).length;
    for (const [name, entry] of this.entries) {
      if (ready <= MAX_READY) return;
      const { network } = entry;
      if (!network) continue;
      entry.network = undefined;
      if (entry.holds === 0) this.entries.delete(name);
      await network.dispose();
      ready--;
    }
  }
}

function nameOf({ path, version }: ModelKey): string {
  return `${version} ${path}`;
}

function changedModel({ path }: ModelKey): ModelFormatError {
  return new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: "the file that the frames before were counted with",
    found: "another one in its place since the engine was started again",
    advice: "Open the stream again.",
  });
}
