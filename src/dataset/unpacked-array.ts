import type { File } from "h5wasm/node";
import { ScratchFile } from "../base/scratch-file.js";
import { arrayOf, readPart } from "./arrays.js";
import type { SetInfo } from "./layout.js";
import { type SampleRange, sampleBlocks } from "./sample-blocks.js";
import type { SamplePart } from "./samples.js";

/**
 * One array of a set, whose samples are read in any order.
 * An array in chunks of several samples is first unpacked into a scratch file, block by block: read
 * sample by sample, each chunk would be unpacked once for every sample in it.
 */
export class UnpackedArray {
  /** Ranges to {@link unpack}, in order, before the first read; none where that is not needed. */
  readonly blocks: readonly SampleRange[];
  private readonly scratch: ScratchFile | undefined;
  private readonly values: number;

  /** @param folder of the scratch file @throws InputError OUTPUT_WRITE */
  constructor(
    private readonly path: string,
    private readonly file: File,
    private readonly set: SetInfo,
    private readonly part: SamplePart,
    folder: string,
  ) {
    const { framesPerSample, height, width } = set;
    this.values = framesPerSample * height * width;
    const array = arrayOf(set, part);
    const packed = array !== undefined && array.samplesPerChunk > 1;
    this.blocks = packed ? sampleBlocks(array) : [];
    this.scratch = packed ? ScratchFile.create(folder, "samples") : undefined;
  }

  /** @throws DatasetError DATASET_FORMAT; InputError OUTPUT_WRITE */
  unpack(range: SampleRange): void {
    const values = new Float64Array((range[1] - range[0]) * this.values);
    readPart(values, this.path, this.file, this.set, this.part, range);
    this.scratch?.write(values, 8 * range[0] * this.values);
  }

  /** Samples of a range. @throws DatasetError DATASET_FORMAT */
  read(range: SampleRange): Float64Array {
    const values = new Float64Array((range[1] - range[0]) * this.values);
    if (this.scratch) this.scratch.read(values, 8 * range[0] * this.values);
    else readPart(values, this.path, this.file, this.set, this.part, range);
    return values;
  }

  close(): void {
    this.scratch?.close();
  }
}
