import { createHash } from "node:crypto";
import type { File } from "h5wasm/node";
import type { DatasetError } from "../base/errors.js";
import { hdf5Reason, loadHdf5 } from "../base/hdf5.js";
import { openFile } from "../base/regular-file.js";
import { arrayOf, readPart } from "./arrays.js";
import {
  completeSets,
  describe,
  formatError,
  listArrays,
  type SampleShape,
  type SetInfo,
  sameShape,
} from "./layout.js";
import { sampleBlocks } from "./sample-blocks.js";
import {
  emptySamples,
  LEAST_SIDE,
  SAMPLE_PARTS,
  type SamplePart,
  type Samples,
  SIDE_STEP,
} from "./samples.js";
import { CLEAR, FLAGGED, lockedError, lockForReading } from "./set-lock.js";
import { stepByStep, type WorkOptions } from "./work.js";

/** What is known of a training set before any sample is read. */
export interface TrainingSetInfo extends SampleShape {
  path: string;
  samples: number;
}

/**
 * The samples of a training set, read as they are asked for.
 * Samples of a compacted file are in the order of the file. Those of other files are in the order
 * of the sets' names, one set after the other.
 */
export class SampleReader {
  private constructor(
    readonly info: TrainingSetInfo,
    /**
     * Digest of names, sizes, and the file's size and time.
     * It tells whether the set is the same as when a training began.
     */
    readonly fingerprint: string,
    private readonly file: File,
    private readonly sets: readonly SetInfo[],
  ) {}

  /**
   * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT where the file is no training
   * set, its sets differ in size, or the network cannot take its frames' size
   */
  static async open(path: string): Promise<SampleReader> {
    const { size, mtimeMs } = await fileStatus(path);
    const file = await openForReading(path);
    try {
      const sets = completeSets(path, listArrays(path, file));
      const { height, width, framesPerSample } = commonShape(path, sets);
      const samples = sets.reduce((sum, set) => sum + set.samples, 0);
      const info = { path, samples, height, width, framesPerSample };
      const names = sets.map((set) => [set.name, set.samples]);
      const fingerprint = createHash("sha256")
        .update(JSON.stringify([samples, height, width, framesPerSample, names, size, mtimeMs]))
        .digest("hex");
      return new SampleReader(info, fingerprint, file, sets);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * Reads samples `first` up to but not including `first + count`.
   * @param parts the arrays that are wanted; others stay empty
   * @throws RangeError for samples beyond the last; DatasetError DATASET_FORMAT where values cannot
   * be read or break their array's rule
   */
  read(first: number, count: number, parts: readonly SamplePart[] = SAMPLE_PARTS): Samples {
    const { path, samples, height, width, framesPerSample } = this.info;
    if (
      !Number.isInteger(first) ||
      !Number.isInteger(count) ||
      first < 0 ||
      count < 1 ||
      first + count > samples
    ) {
      throw new RangeError(`samples ${first} to ${first + count} of ${samples}`);
    }
    const values = framesPerSample * height * width;
    const result = emptySamples({ count, height, width, framesPerSample }, parts);
    let [setStart, done] = [0, 0];
    for (const set of this.sets) {
      const from = first + done - setStart;
      const length = Math.min(count - done, set.samples - from);
      if (length > 0) {
        for (const part of parts) {
          const target = result[part].subarray(done * values, (done + length) * values);
          readPart(target, path, this.file, set, part, [from, from + length]);
        }
        done += length;
      }
      setStart += set.samples;
      if (done === count) break;
    }
    return result;
  }

  /**
   * Reads every value once, and finds those that break their array's rule.
   * @throws DatasetError DATASET_FORMAT; DefconError CANCELLED after `options.signal`
   */
  async check(options: WorkOptions = {}): Promise<void> {
    const steps = this.sets.flatMap((set) =>
      SAMPLE_PARTS.flatMap((part) => {
        const array = arrayOf(set, part);
        return array ? sampleBlocks(array).map((range) => ({ set, part, range })) : [];
      }),
    );
    const { framesPerSample, height, width } = this.info;
    await stepByStep(steps.length, options, (i) => {
      const { set, part, range } = steps[i]!;
      const values = new Float32Array((range[1] - range[0]) * framesPerSample * height * width);
      readPart(values, this.info.path, this.file, set, part, range);
    });
  }

  close(): void {
    this.file.close();
  }
}

/**
 * Opens a training set's file for reading, and keeps other programs from writing to it meanwhile.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT, DATASET_LOCKED
 */
export async function openForReading(path: string): Promise<File> {
  await fileStatus(path);
  const openHdf5 = await loadHdf5();
  const lock = await lockForReading(path);
  try {
    const file = openHdf5(path, "r");
    const close = file.close.bind(file);
    file.close = () => {
      lock.release();
      return close();
    };
    return file;
  } catch (cause) {
    lock.release();
    const reason = hdf5Reason(cause);
    if (/already open for write/.test(reason)) throw lockedError(path, FLAGGED, CLEAR);
    throw formatError(path, "an HDF5 file", reason, { cause });
  }
}

/** Size and time of a file that can be read. @throws InputError INPUT_NOT_FOUND */
async function fileStatus(path: string): Promise<{ size: number; mtimeMs: number }> {
  const handle = await openFile(path, "a training set");
  return handle.stat().finally(() => handle.close());
}

/**
 * The size of all samples.
 * @throws DatasetError DATASET_FORMAT where sets differ in it, or the network cannot take it
 */
function commonShape(path: string, sets: readonly SetInfo[]): SampleShape {
  const [first, ...others] = sets as [SetInfo, ...SetInfo[]];
  const other = others.find((set) => !sameShape(set, first));
  if (other) {
    throw differentSizes(
      path,
      first,
      other,
      "Make their sizes equal by random crops: dataset compact --augment.",
    );
  }
  const fits = (side: number) => side >= LEAST_SIDE && side % SIDE_STEP === 0;
  if (!fits(first.height) || !fits(first.width)) {
    throw formatError(
      path,
      `frames with sides that are multiples of ${SIDE_STEP}, and ${LEAST_SIDE} or more`,
      `${first.width} x ${first.height}`,
      { advice: "Crop the frames before you add them, or at random with dataset compact --augment." },
    );
  }
  return first;
}

/** The error for two sets of different sizes, which cannot be joined. */
export function differentSizes(path: string, a: SetInfo, b: SetInfo, advice: string): DatasetError {
  return formatError(
    path,
    "sets whose samples are of one size",
    `${a.name} with ${describe(a)} and ${b.name} with ${describe(b)}`,
    { advice },
  );
}
