import { Random } from "../base/random.js";
import { SAMPLE_PARTS, type SamplePart, type Samples } from "../dataset/samples.js";
import type { TrainingBatch } from "../engine/engine.js";
import { stageDropouts } from "../graph/training.js";
import { fillDropout } from "./dropout.js";
import type { SampleSource } from "./sample-source.js";
import type { SegmentationSource } from "./segmentation-maps.js";
import type { PlannedStage } from "./stages.js";

/** A batch to train on, with the factors of its dropout layers. */
export interface StepInput {
  batch: TrainingBatch;
  dropout: Map<string, Float32Array>;
}

/** Samples of a set that are trained on: all but its last ones, and at least one on either side. */
export function trainedSamples(samples: number, validationSplit: number): number {
  return Math.min(samples - 1, Math.max(1, Math.floor(samples * (1 - validationSplit))));
}

/** The arrays a stage needs; all where they are changed together. */
function partsOf({ stage, augment, segmentation }: BatchOptions): readonly SamplePart[] {
  const needed: Record<SamplePart, boolean> = {
    input: segmentation?.readsInput ?? true,
    target: stage.density !== undefined,
    segMap: stage.segmentation,
  };
  return SAMPLE_PARTS.filter((part) => augment !== undefined || needed[part]);
}

/** How a set's samples become batches. */
export interface BatchOptions {
  set: SampleSource;
  stage: PlannedStage;
  seed: number;
  /** Changes samples at random; undefined leaves them as they are. */
  augment: ((samples: Samples, random: Random) => Samples) | undefined;
  /** The density stage's input; undefined where the stage reads frames. */
  segmentation: SegmentationSource | undefined;
}

/**
 * A stage's batches: consecutive samples, shuffled as wholes anew for each epoch, the last samples of the set held back for validation. What a batch holds
 * depends on the seed, the stage, the epoch and its place in the set alone.
 */
export class Batches {
  /** Frames of a sample: a batch of samples has so many times their number. */
  readonly framesPerSample: number;
  /** Samples to train on, and to validate with. */
  readonly trained: number;
  readonly heldBack: number;
  /** Batches of an epoch. */
  readonly count: number;
  /** What is read of each sample. */
  private readonly parts: readonly SamplePart[];

  constructor(private readonly options: BatchOptions) {
    const { samples, framesPerSample } = options.set.info;
    this.framesPerSample = framesPerSample;
    const { batchSize, validationSplit } = options.stage.settings;
    this.trained = trainedSamples(samples, validationSplit);
    this.heldBack = samples - this.trained;
    this.count = Math.ceil(this.trained / batchSize);
    this.parts = partsOf(options);
  }

  /** The order in which an epoch takes its batches. */
  order(epoch: number): Uint32Array {
    return new Random(this.options.seed, "batches", this.options.stage.name, epoch).permutation(this.count);
  }

  /** A batch to train on; `index` is its place in the set. */
  async training(epoch: number, index: number): Promise<StepInput> {
    const { stage, seed, augment } = this.options;
    const { batchSize } = stage.settings;
    const first = index * batchSize;
    const read = this.options.set.read(first, Math.min(batchSize, this.trained - first), this.parts);
    const samples = augment ? augment(read, new Random(seed, "augment", stage.name, epoch, index)) : read;
    return { batch: await this.batchOf(first, samples), dropout: this.dropoutOf(samples, epoch, index) };
  }

  /** The batches held back, in their order. */
  async *validation(): AsyncGenerator<TrainingBatch> {
    const { set, stage } = this.options;
    for (let first = this.trained; first < set.info.samples; first += stage.settings.batchSize) {
      const count = Math.min(stage.settings.batchSize, set.info.samples - first);
      yield this.batchOf(first, set.read(first, count, this.parts));
    }
  }

  private async batchOf(first: number, samples: Samples): Promise<TrainingBatch> {
    const { count, framesPerSample, height, width } = samples;
    return {
      shape: [count * framesPerSample, height, width],
      input: this.options.segmentation ? await this.options.segmentation.maps(first, samples) : samples.input,
      segmentationTarget: samples.segMap,
      densityTarget: samples.target,
    };
  }

  private dropoutOf(
    { count, framesPerSample, height, width }: Samples,
    epoch: number,
    index: number,
  ): Map<string, Float32Array> {
    const { seed, stage } = this.options;
    return new Map(
      stageDropouts(stage).map(({ name, rate, channels, scale }) => {
        const factors = new Float32Array((count * framesPerSample * channels * height * width) / scale ** 2);
        fillDropout(factors, rate, new Random(seed, "dropout", name, epoch, index));
        return [name, factors];
      }),
    );
  }
}
