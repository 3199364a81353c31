import type { SampleShape } from "../dataset/layout.js";
import type { SamplePart, Samples } from "../dataset/samples.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { StageSettings } from "./settings.js";

/** What a training takes its samples from. */
export interface SampleSource {
  readonly info: SampleShape & { path: string };
  /** Tells whether the samples are the same as when a training began. */
  readonly fingerprint: string;
  /** The set whose samples every epoch sees again; undefined where none is seen twice. */
  readonly stored: SampleReader | undefined;
  /** How a stage goes through the samples. */
  course(settings: StageSettings): Course;
  close(): Promise<void>;
}

/** A stage's way through the samples. */
export interface Course {
  /** At most so many epochs. */
  epochs: number;
  /** Samples of an epoch, and those to validate with. */
  trained: number;
  heldBack: number;
  /** Whether a stage ends before its last epoch when its validation loss no longer falls. */
  endsEarly: boolean;
  /** The order in which an epoch takes its batches, which are numbered from 0. @param seed of the training */
  order(epoch: number, batches: number, ...seed: [number, string]): Uint32Array;
  /** Samples of an epoch, which numbers them from 0. */
  training(epoch: number, first: number, count: number, parts: readonly SamplePart[]): Promise<Samples>;
  /** Samples to validate with, numbered from 0. */
  validation(first: number, count: number, parts: readonly SamplePart[]): Promise<Samples>;
}
