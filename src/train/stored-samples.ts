import { Random } from "../base/random.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { Course, SampleSource } from "./sample-source.js";
import type { StageSettings } from "./settings.js";

/**
 * Samples of a training set. The last ones are for validation.
 * Each epoch sees all others, batch by batch in an order of its own.
 */
export class StoredSamples implements SampleSource {
  readonly info: SampleReader["info"];
  readonly fingerprint: string;

  constructor(readonly stored: SampleReader) {
    this.info = stored.info;
    this.fingerprint = stored.fingerprint;
  }

  course({ epochs, validationSplit }: StageSettings): Course {
    const { stored } = this;
    const { samples } = stored.info;
    const trained = trainedSamples(samples, validationSplit);
    return {
      epochs,
      trained,
      heldBack: samples - trained,
      // Without validation, nothing tells when to end.
      endsEarly: trained < samples,
      order: (epoch, batches, seed, stage) => new Random(seed, "batches", stage, epoch).permutation(batches),
      training: async (_, first, count, parts) => stored.read(first, count, parts),
      validation: async (first, count, parts) => stored.read(trained + first, count, parts),
    };
  }

  async close(): Promise<void> {
    this.stored.close();
  }
}

/**
 * How many samples of a set are trained on: all but the last ones, at least one on either side.
 * With a split of 0 they are all.
 */
export function trainedSamples(samples: number, validationSplit: number): number {
  if (validationSplit === 0) return samples;
  return Math.min(samples - 1, Math.max(1, Math.floor(samples * (1 - validationSplit))));
}
