import { Random } from "../base/random.js";
import { SAMPLE_PARTS, type SamplePart, type Samples } from "../dataset/samples.js";
import type { TrainingBatch } from "../engine/engine.js";
import { stageDropouts } from "../graph/training.js";
import { fillDropout } from "./dropout.js";
import type { Course, SampleSource } from "./sample-source.js";
import type { SegmentationSource } from "./segmentation-maps.js";
import type { PlannedStage } from "./stages.js";

/** A batch to train on, with the factors of its dropout layers. */
export interface StepInput {
  batch: TrainingBatch;
  dropout: Map<string, Float32Array>;
}

/** The arrays that a stage needs: all of them if they are augmented together. */
function partsOf({ stage, augment, segmentation }: BatchOptions): readonly SamplePart[] {
  const needed: Record<SamplePart, boolean> = {
    input: segmentation?.readsInput ?? true,
    target: stage.density !== undefined,
    segMap: stage.segmentation,
  };
  return SAMPLE_PARTS.filter((part) => augment !== undefined || needed[part]);
}

/** How samples become batches. */
export interface BatchOptions {
  source: SampleSource;
  stage: PlannedStage;
  seed: number;
  /** Changes samples at random; undefined leaves samples as they are. */
  augment: ((samples: Samples, random: Random) => Samples) | undefined;
  /** Source of the density stage's input; undefined for a stage that reads frames. */
  segmentation: SegmentationSource | undefined;
}

/**
 * A stage's batches: consecutive samples of an epoch.
 * A batch depends on the seed, the stage, the epoch and its own number alone.
 */
export class Batches {
  /** Frames of a sample. A batch has this many frames for each of its samples. */
  readonly framesPerSample: number;
  /** Samples of an epoch that are trained on, and samples held back for validation. */
  readonly trained: number;
  readonly heldBack: number;
  /** Batches of an epoch, and most epochs. */
  readonly count: number;
  readonly epochs: number;
  /** Whether the stage ends once its validation loss no longer falls. */
  readonly endsEarly: boolean;
  /** The arrays that are read of each sample. */
  private readonly parts: readonly SamplePart[];
  private readonly course: Course;

  constructor(private readonly options: BatchOptions) {
    const { source, stage } = options;
    this.framesPerSample = source.info.framesPerSample;
    this.course = source.course(stage.settings);
    ({
      trained: this.trained,
      heldBack: this.heldBack,
      epochs: this.epochs,
      endsEarly: this.endsEarly,
    } = this.course);
    this.count = Math.ceil(this.trained / stage.settings.batchSize);
    this.parts = partsOf(options);
  }

  /** The order in which an epoch takes its batches. */
  order(epoch: number): Uint32Array {
    return this.course.order(epoch, this.count, this.options.seed, this.options.stage.name);
  }

  /** A batch to train on. @param index its number in the epoch */
  async training(epoch: number, index: number): Promise<StepInput> {
    const { stage, seed, augment } = this.options;
    const { batchSize } = stage.settings;
    const first = index * batchSize;
    const count = Math.min(batchSize, this.trained - first);
    const read = await this.course.training(epoch, first, count, this.parts);
    const samples = augment ? augment(read, new Random(seed, "augment", stage.name, epoch, index)) : read;
    return { batch: await this.batchOf(first, samples), dropout: this.dropoutOf(samples, epoch, index) };
  }

  /** The validation batches, in their order. */
  async *validation(): AsyncGenerator<TrainingBatch> {
    const { batchSize } = this.options.stage.settings;
    for (let first = 0; first < this.heldBack; first += batchSize) {
      const count = Math.min(batchSize, this.heldBack - first);
      yield this.batchOf(this.trained + first, await this.course.validation(first, count, this.parts));
    }
  }

  /** Samples to look at, with all their arrays: of those held back, else of those trained on. */
  shownSamples(most: number): Promise<Samples> {
    return this.heldBack > 0
      ? this.course.validation(0, Math.min(most, this.heldBack), SAMPLE_PARTS)
      : this.course.training(0, 0, Math.min(most, this.trained), SAMPLE_PARTS);
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
