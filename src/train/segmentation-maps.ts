import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Samples } from "../dataset/samples.js";
import type { SampleReader } from "../dataset/training-set.js";
import type { Network } from "../engine/engine.js";
import { prepare } from "../predict/prepare.js";

/** Gives the frozen segmentation network's maps, for the density stage to read. */
export interface SegmentationSource {
  /** Whether it needs the samples' input. */
  readonly readsInput: boolean;
  /** The maps, as the samples' own, of samples that begin at `first` of the set. */
  maps(first: number, samples: Samples): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Computes the maps of samples when they are asked for. */
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

/** Samples of one call of the network. */
const BATCH = 64;

/**
 * Keeps the maps of a whole set in a file, since nothing changes them while the density stage runs: a set's maps can be larger than the memory.
 * The file has no name where the system allows that, so that nothing is left when the program is killed.
 */
export class StoredMaps implements SegmentationSource {
  readonly readsInput = false;

  private constructor(
    private readonly file: number,
    private readonly path: string,
    private readonly mapBytes: number,
  ) {}

  /** Computes all maps. @param onBatch called between batches; what it throws ends the work */
  static async create(
    folder: string,
    set: SampleReader,
    fresh: FreshMaps,
    onBatch: () => void,
  ): Promise<StoredMaps> {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `.segmentation.${randomBytes(6).toString("hex")}.partial`);
    const { height, width, framesPerSample } = set.info;
    const stored = new StoredMaps(openSync(path, "wx+"), path, 4 * framesPerSample * height * width);
    // Windows keeps the name until the file is closed.
    if (process.platform !== "win32") rmSync(path);
    try {
      for (let first = 0; first < set.info.samples; first += BATCH) {
        const samples = set.read(first, Math.min(BATCH, set.info.samples - first), ["input"]);
        const maps = await fresh.maps(first, samples);
        const bytes = new Uint8Array(maps.buffer, maps.byteOffset, maps.byteLength);
        for (let at = 0; at < bytes.length; ) {
          at += writeSync(stored.file, bytes, at, bytes.length - at, first * stored.mapBytes + at);
        }
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
    const bytes = new Uint8Array(maps.buffer);
    for (let at = 0; at < bytes.length; ) {
      at += readSync(this.file, bytes, at, bytes.length - at, first * this.mapBytes + at);
    }
    return maps;
  }

  async close(): Promise<void> {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }
}
