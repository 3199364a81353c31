import type { SampleShape } from "../dataset/layout.js";
import type { SamplePart, Samples } from "../dataset/samples.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { StageSettings } from "./settings.js";

/** Where a training takes its samples from. */
export interface SampleSource {
  readonly info: SampleShape & { path: string };
  /** Digest of the samples: a training resumes only on the same ones. */
  readonly fingerprint: string;
  /** The set whose samples every epoch sees again; undefined where no sample is seen twice. */
  readonly stored: SampleReader | undefined;
  /** How a stage goes through the samples. */
  course(settings: StageSettings): Course;
  close(): Promise<void>;
}

/** How one stage goes through the samples. */
export interface Course {
  /** Most epochs. */
  epochs: number;
  /** Samples of an epoch that are trained on, and samples held back for validation. */
  trained: number;
  heldBack: number;
  /** Whether the stage may end before its last epoch, once its validation loss no longer falls. */
  endsEarly: boolean;
  /** The order of an epoch's batches, which are numbered from 0. @param seed of the training */
  order(epoch: number, batches: number, ...seed: [number, string]): Uint32Array;
  /** Samples of an epoch, numbered from 0. */
  training(epoch: number, first: number, count: number, parts: readonly SamplePart[]): Promise<Samples>;
  /** Validation samples, numbered from 0. */
  validation(first: number, count: number, parts: readonly SamplePart[]): Promise<Samples>;
}
