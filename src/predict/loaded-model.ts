import type { Model } from "../model/weights.js";
import type { FrameBatch, ModelKey, ModelSummary, Prediction, Wanted } from "./prediction.js";

/** Counts with models, and takes buffers back. */
export interface ModelEngine {
  /** Batches that are counted at a time. */
  readonly callsAtOnce: number;
  predict(key: ModelKey, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]>;
  predictInTurns(
    key: ModelKey,
    batch: FrameBatch,
    wanted: Wanted,
    turn: () => Promise<boolean>,
  ): Promise<Prediction[]>;
  release(key: ModelKey): void;
  model(key: ModelKey): Promise<Model>;
  giveBack(buffer: ArrayBuffer): void;
  /** Makes a model ready in the thread for large frames, where there is one. */
  apart?(): Promise<ModelEngine>;
}

/**
 * A model that is ready to count. Made by {@link Predictor.load}.
 * It counts with the same weights until it is released, also when its file is replaced or removed.
 */
export class LoadedModel {
  private isReleased = false;
  private large: ModelEngine | undefined;

  constructor(
    readonly summary: ModelSummary,
    private readonly key: ModelKey,
    private readonly engine: ModelEngine,
  ) {}

  /** The name for tables and messages. */
  get name(): string {
    return this.summary.name;
  }

  /** Equal for models with the same weights. */
  get identity(): string {
    return `${this.key.version} ${this.key.path}`;
  }

  /**
   * The number of frames that the model looks at to count one. Above 1, batches need neighbours.
   */
  get framesSeen(): number {
    return this.summary.framesSeen;
  }

  /** Batches that the engine has use for at a time: those it counts, and one that waits. */
  get batchesUnderWay(): number {
    return this.engine.callsAtOnce + 1;
  }

  /** Whether it counts in the thread for large frames. */
  get countsApart(): boolean {
    return this.large !== undefined;
  }

  /**
   * Counts in the thread for large frames from now on, beside all small ones, where there is one.
   * @throws EngineError
   */
  async countApart(): Promise<void> {
    const large = await this.engine.apart?.();
    if (this.isReleased) large?.release(this.key);
    else this.large = large;
  }

  /**
   * Counts the frames of a batch.
   * @param batch its pixel buffer moves to the engine's thread and is empty afterwards
   * @returns one prediction a frame, in order
   * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError ENGINE_FAILED
   */
  predict(batch: FrameBatch, wanted: Wanted): Promise<Prediction[]> {
    return (this.large ?? this.engine).predict(this.key, batch, wanted);
  }

  /**
   * Counts a large frame tile by tile, as {@link predict} does at once.
   * @param turn waited for before each tile but the first; false gives up
   * @throws as {@link predict}; DefconError CANCELLED
   */
  predictInTurns(batch: FrameBatch, wanted: Wanted, turn: () => Promise<boolean>): Promise<Prediction[]> {
    return (this.large ?? this.engine).predictInTurns(this.key, batch, wanted, turn);
  }

  /** Lets its memory go. Calls after the first do nothing. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.engine.release(this.key);
    this.large?.release(this.key);
  }

  /** A copy of the network and its weights, as they were read from the file. */
  model(): Promise<Model> {
    return this.engine.model(this.key);
  }

  /** Takes back a density map's buffer. Nobody may need its values any more. */
  giveBack(buffer: ArrayBuffer): void {
    this.engine.giveBack(buffer);
  }
}
