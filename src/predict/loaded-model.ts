import type { Model } from "../model/weights.js";
import type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";

/** Counts with a model at a path, and takes buffers back. */
export interface ModelEngine {
  predict(path: string, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]>;
  model(path: string): Promise<Model>;
  giveBack(buffer: ArrayBuffer): void;
}

/** A model that is ready to count. Made by {@link Predictor.load}. */
export class LoadedModel {
  constructor(
    readonly summary: ModelSummary,
    private readonly engine: ModelEngine,
  ) {}

  /** The name for tables and messages. */
  get name(): string {
    return this.summary.name;
  }

  /**
   * The number of frames that the model looks at to count one. Above 1, batches need neighbours.
   */
  get framesSeen(): number {
    return this.summary.framesSeen;
  }

  /**
   * Counts the frames of a batch.
   * @param batch its pixel buffer moves to the engine's thread and is empty afterwards
   * @returns one prediction a frame, in order
   * @throws InputError INPUT_SIZE, INPUT_PIXEL_VALUE; EngineError ENGINE_FAILED
   */
  predict(batch: FrameBatch, wanted: Wanted): Promise<Prediction[]> {
    return this.engine.predict(this.summary.path, batch, wanted);
  }

  /** A copy of the network and its weights, as they were read from the file. */
  model(): Promise<Model> {
    return this.engine.model(this.summary.path);
  }

  /** Takes back a density map's buffer. Nobody may need its values any more. */
  giveBack(buffer: ArrayBuffer): void {
    this.engine.giveBack(buffer);
  }
}
