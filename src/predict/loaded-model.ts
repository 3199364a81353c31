import type { FrameBatch, ModelSummary, Prediction, Wanted } from "./prediction.js";

/** What counts with the models at some path. */
export interface ModelEngine {
  predict(path: string, batch: FrameBatch, wanted: Wanted): Promise<Prediction[]>;
  giveBack(buffer: ArrayBuffer): void;
}

/** A model that is ready to count. Made by {@link Predictor.load}. */
export class LoadedModel {
  constructor(
    readonly summary: ModelSummary,
    private readonly engine: ModelEngine,
  ) {}

  /** Name that tables and messages use. */
  get name(): string {
    return this.summary.name;
  }

  /** Frames that the model looks at to count one; more than 1 needs batches with neighbours. */
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

  /** Takes back a density map's buffer whose values nobody needs any more. */
  giveBack(buffer: ArrayBuffer): void {
    this.engine.giveBack(buffer);
  }
}
