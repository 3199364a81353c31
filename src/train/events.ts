import type { EpochRecord } from "./history.js";

/** What a training tells while it runs. */
export type TrainingEvent =
  | {
      event: "started";
      engine: string;
      device: string;
      /** Why it is this engine and this device. */
      reason: string;
      /** Those to train on, each seen once where they are simulated, and those to validate with. */
      samples: number;
      validation: number;
      width: number;
      height: number;
      parameters: number;
      /** Epochs that an earlier run had finished. */
      resumed: number;
    }
  | { event: "step"; progress: StepProgress }
  | { event: "epoch"; record: EpochRecord; best: boolean }
  | { event: "finished"; model: string; history: readonly EpochRecord[] };

/** Where a training is. */
export interface StepProgress {
  /** Of the training's stages, or "certainty", when at its end frames are counted that tell how far the model is to be trusted. */
  stage: string;
  /** From 1; `epochs` is the most there will be. */
  epoch: number;
  epochs: number;
  /** Batches of the epoch that are over. */
  batch: number;
  batches: number;
  /** Mean over the epoch so far. */
  loss: number;
  samplesPerSecond: number;
  /** Of the epoch's steps. */
  secondsLeft: number;
}
