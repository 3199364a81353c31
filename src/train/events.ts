// Types alone, without imports: the status page in the browser is compiled against them too.

/** What a training tells while it runs. */
export type TrainingEvent =
  | TrainingStarted
  | { event: "step"; progress: StepProgress }
  | { event: "epoch"; record: EpochRecord; best: boolean }
  /** Something to know about this training, a sentence. */
  | { event: "note"; text: string }
  | { event: "finished"; model: string; history: readonly EpochRecord[] };

/** What a training is about to do. */
export interface TrainingStarted {
  event: "started";
  engine: string;
  device: string;
  /** Why this engine and this device. */
  reason: string;
  /** All samples, including `validation`. Simulated samples are seen once each. */
  samples: number;
  /** Samples held back for validation. */
  validation: number;
  width: number;
  height: number;
  parameters: number;
  /** Epochs that an earlier run had finished. */
  resumed: number;
}

/** How far a training is. */
export interface StepProgress {
  /** A stage of the training; or "certainty" at its end, when the model's errors are measured. */
  stage: string;
  /** From 1. */
  epoch: number;
  /** Most epochs of the stage. */
  epochs: number;
  /** Batches of this epoch that are done. */
  batch: number;
  /** Batches of an epoch. */
  batches: number;
  /** Mean over the epoch so far. */
  loss: number;
  samplesPerSecond: number;
  /** Seconds that the rest of the epoch's steps will take. */
  secondsLeft: number;
}

/** One epoch, once it is over. */
export interface EpochRecord {
  stage: string;
  /** From 1, in its stage. */
  epoch: number;
  /** Mean over the epoch's samples, with dropout, each with the parameters of its own step. */
  loss: number;
  /**
   * Mean over the samples held back, after the epoch, without dropout; NaN where none are held
   * back.
   */
  validationLoss: number;
  learningRate: number;
  seconds: number;
}
