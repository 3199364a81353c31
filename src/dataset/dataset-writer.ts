import { constants, type Stats, statSync } from "node:fs";
import { copyFile, realpath } from "node:fs/promises";
import type { Dataset, File, Group } from "h5wasm/node";
import { AtomicFile } from "../base/atomic-file.js";
import { DiskWatch } from "../base/disk-space.js";
import { DefconError, InputError, notReadable, notWritable } from "../base/errors.js";
import type { FileLock } from "../base/file-lock.js";
import { hdf5Reason, loadHdf5 } from "../base/hdf5.js";
import type { FileKind } from "../base/output-place.js";
import { checkFile } from "../base/regular-file.js";
import {
  type Arrays,
  formatError,
  type GroupName,
  listArrays,
  type SampleShape,
  SET_GROUPS,
} from "./layout.js";
import { lockForReading } from "./set-lock.js";

/** HDF5 files with the groups that every training set has, those of the original too. */
const TRAINING_SET: FileKind = { title: "a training set", isOne: isTrainingSet };

async function isTrainingSet(path: string): Promise<boolean> {
  const openHdf5 = await loadHdf5();
  const file = openHdf5(path, "r");
  try {
    const names = file.keys();
    return names.includes("input") && names.includes("target");
  } finally {
    file.close();
  }
}

/** Types of the three arrays. 8 bits are enough for 0 and 1; numpy reads them as integers. */
const TYPES = { input: "<d", target: "<d", seg_map: "<b" } as const satisfies Record<GroupName, string>;

/** Fills one array, sample by sample. */
export interface ArrayWriter {
  /**
   * @param values one sample, with as many values as the shape has
   * @throws InputError OUTPUT_WRITE, OUTPUT_SPACE
   */
  write(index: number, values: Float64Array | Int8Array): void;
}

/** Tells whether another program wrote a file again. */
type Version = Pick<Stats, "ino" | "size" | "mtimeMs">;

/**
 * A training set being written, beside its final place, which it takes at {@link commit}.
 * If the process dies before that, the file that was there stays as it was. HDF5 changes its inner
 * tables in many steps, which a crash would leave half done; so additions work on a copy. File
 * systems that can (APFS, Btrfs, XFS) copy without copying the data.
 */
export class DatasetWriter {
  private readonly disk: DiskWatch;

  private constructor(
    readonly path: string,
    private readonly target: AtomicFile,
    private readonly file: File,
    private readonly before: Version | undefined,
    private readonly lock: FileLock | undefined,
  ) {
    this.disk = new DiskWatch(path);
  }

  /**
   * Starts a training set without frames.
   * @param force whether an earlier training set may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS; DatasetError DATASET_LOCKED where it would replace
   * a file that another program writes to
   */
  static async create(path: string, force = false): Promise<DatasetWriter> {
    const target = await AtomicFile.create(path, undefined, { kind: TRAINING_SET, force });
    const isThere = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
    const lock = isThere ? await lockFor(path, target) : undefined;
    return DatasetWriter.open(path, target, "w", undefined, lock);
  }

  /**
   * Opens a training set to add to it.
   * @throws InputError INPUT_NOT_FOUND, OUTPUT_WRITE; DatasetError DATASET_FORMAT, DATASET_LOCKED
   */
  static async extend(path: string): Promise<DatasetWriter> {
    // A link stays a link: the file that it leads to is replaced.
    const place = await realpath(path).catch((cause: unknown) => {
      throw notReadable(path, "a training set", cause);
    });
    const before = await checkFile(place, "a training set");
    const target = await AtomicFile.create(place, before.mode & 0o777);
    const lock = await lockFor(place, target);
    try {
      await copyFile(place, target.temporaryPath, constants.COPYFILE_FICLONE);
    } catch (cause) {
      lock.release();
      await target.abort();
      throw notWritable(path, cause, hdf5Reason(cause));
    }
    return DatasetWriter.open(path, target, "a", before, lock);
  }

  private static async open(
    path: string,
    target: AtomicFile,
    mode: "w" | "a",
    before: Version | undefined,
    lock: FileLock | undefined,
  ) {
    const openHdf5 = await loadHdf5();
    try {
      const file = openHdf5(target.temporaryPath, mode);
      if (mode === "w") for (const group of SET_GROUPS) file.create_group(group);
      return new DatasetWriter(path, target, file, before, lock);
    } catch (cause) {
      lock?.release();
      await target.abort();
      throw mode === "w"
        ? notWritable(path, cause, hdf5Reason(cause))
        : formatError(path, "an HDF5 file", hdf5Reason(cause), { cause });
    }
  }

  /** The arrays of the file so far. @throws DatasetError DATASET_FORMAT */
  list(): Arrays {
    return listArrays(this.path, this.file);
  }

  /**
   * Adds an array of zeros, (N,H,W,1) or (N,3,H,W,1), in chunks of one sample each.
   * @param name free in its group
   * @throws InputError OUTPUT_WRITE
   */
  addArray(group: GroupName, name: string, samples: number, shape: SampleShape): ArrayWriter {
    const { framesPerSample, height, width } = shape;
    const sample = framesPerSample === 3 ? [3, height, width, 1] : [height, width, 1];
    const values = framesPerSample * height * width;
    const dataset = this.attempt(() => {
      // A file of another program may lack the group.
      const place = this.file.get(group) ?? this.file.create_group(group);
      const created = (place as Group).create_dataset({
        name,
        data: group === "seg_map" ? new Int8Array(values) : new Float64Array(values),
        shape: [1, ...sample],
        maxshape: [null, ...sample],
        chunks: [1, ...sample],
        dtype: TYPES[group],
      });
      created.resize([samples, ...sample]);
      return created as Dataset;
    });
    const whole: [][] = sample.map(() => []);
    return {
      write: (index, data) =>
        this.attempt(() => {
          this.disk.grow(data.byteLength);
          dataset.write_slice([[index, index + 1], ...whole], data);
        }),
    };
  }

  /**
   * Puts the file in its place.
   * @throws InputError OUTPUT_WRITE, also where another program wrote it meanwhile
   */
  async commit(): Promise<void> {
    try {
      this.attempt(() => this.file.close());
    } catch (error) {
      this.lock?.release();
      await this.target.abort();
      throw error;
    }
    await this.target.commit(() => this.checkUnchanged()).finally(() => this.lock?.release());
  }

  /** Removes the unfinished file; what was there before stays as it was. */
  async abort(): Promise<void> {
    try {
      this.file.close();
    } catch {
      // The file is removed in any case.
    }
    this.lock?.release();
    await this.target.abort();
  }

  private checkUnchanged(): void {
    const { before } = this;
    if (!before) return;
    const now = statSync(this.target.path, { throwIfNoEntry: false });
    if (now?.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs) return;
    throw new InputError("OUTPUT_WRITE", {
      subject: this.path,
      expected: "the training set as it was at the start",
      found: now ? "one that another program has written meanwhile" : "none any more",
      advice: "Add to a training set by one command at a time.",
    });
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof DefconError) throw cause;
      throw notWritable(this.path, cause, hdf5Reason(cause));
    }
  }
}

/** The lock of a file that will be replaced; without it the replacement is removed. */
async function lockFor(path: string, target: AtomicFile): Promise<FileLock> {
  try {
    return await lockForReading(path);
  } catch (error) {
    await target.abort();
    throw error;
  }
}
