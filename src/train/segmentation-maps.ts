import { ScratchFile } from "../base/scratch-file.js";
import type { Samples } from "../dataset/samples.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { Network } from "../engine/engine.js";
import { prepare } from "../predict/prepare.js";

/** Source of the frozen segmentation network's maps, which the density stage reads. */
export interface SegmentationSource {
  /** Whether it needs the samples' input. */
  readonly readsInput: boolean;
  /** The maps of samples. @param first number of the first sample in its set */
  maps(first: number, samples: Samples): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Computes maps whenever they are asked for. */
export class FreshMaps implements SegmentationSource {
  readonly readsInput = true;

  constructor(
    private readonly network: Network,
    private readonly sideMultiple: number,
  ) {}

  async maps(_: number, { count, framesPerSample, height, width, input }: Samples): Promise<Float32Array> {
    const frames = count * framesPerSample;
    const { values } = prepare({ count: frames, height, width, pixels: input }, this.sideMultiple);
    return this.network.predict(values, [frames, height, width]);
  }

  close(): Promise<void> {
    return this.network.dispose();
  }
}

/** Samples in one call of the network. */
const BATCH = 64;

/**
 * Keeps the maps of a whole set in a file, since they may be larger than the memory.
 * Nothing changes them while the density stage runs.
 */
export class StoredMaps implements SegmentationSource {
  readonly readsInput = false;

  private constructor(
    private readonly file: ScratchFile,
    private readonly mapBytes: number,
  ) {}

  /** Computes all maps. @param onBatch called between batches; ends the work if it throws */
  static async create(
    folder: string,
    set: SampleReader,
    fresh: FreshMaps,
    onBatch: () => void,
  ): Promise<StoredMaps> {
    const { height, width, framesPerSample } = set.info;
    const file = ScratchFile.create(folder, "segmentation");
    const stored = new StoredMaps(file, 4 * framesPerSample * height * width);
    try {
      for (let first = 0; first < set.info.samples; first += BATCH) {
        const samples = set.read(first, Math.min(BATCH, set.info.samples - first), ["input"]);
        const maps = await fresh.maps(first, samples);
        file.write(maps, first * stored.mapBytes);
        onBatch();
      }
    } catch (error) {
      await stored.close();
      throw error;
    }
    return stored;
  }

  async maps(first: number, { count }: Samples): Promise<Float32Array> {
    const maps = new Float32Array((count * this.mapBytes) / 4);
    this.file.read(maps, first * this.mapBytes);
    return maps;
  }

  async close(): Promise<void> {
    this.file.close();
  }
}
