import { Random } from "../base/random.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { Course, SampleSource } from "./sample-source.js";
import type { StageSettings } from "./settings.js";

/** Samples of a training set: all but its last ones in each epoch, batch by batch in an order of its own; the last ones to validate with. */
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
      endsEarly: true,
      order: (epoch, batches, seed, stage) => new Random(seed, "batches", stage, epoch).permutation(batches),
      training: async (_, first, count, parts) => stored.read(first, count, parts),
      validation: async (first, count, parts) => stored.read(trained + first, count, parts),
    };
  }

  async close(): Promise<void> {
    this.stored.close();
  }
}

/** Samples of a set that are trained on: all but its last ones, and at least one on either side. */
export function trainedSamples(samples: number, validationSplit: number): number {
  return Math.min(samples - 1, Math.max(1, Math.floor(samples * (1 - validationSplit))));
}
