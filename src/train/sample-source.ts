import type { TrainingSet } from "../dataset/training-set.js";

/** What a training reads its samples from. */
export type SampleSource = Pick<TrainingSet, "info" | "fingerprint" | "read" | "close">;
