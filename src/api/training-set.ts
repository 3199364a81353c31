import { stat } from "node:fs/promises";
import type { File } from "h5wasm/node";
import {
  type ArgumentRule,
  checkArgument,
  checkOptions,
  FLAG,
  numberArgument,
  oneOf,
  PATH,
  TEXT,
} from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { given } from "../base/given.js";
import { wholeNumber } from "../base/number-rule.js";
import { type Added, addInput, addSet, addTarget, MAP_DEFAULTS, MAP_NUMBERS } from "../dataset/add.js";
import { readNumbers } from "../dataset/arrays.js";
import { COMPACT_DEFAULTS, compactSet as compact } from "../dataset/compact.js";
import { DatasetWriter } from "../dataset/dataset-writer.js";
import { type ArrayInfo, type Arrays, arrayShape, listArrays, SET_GROUPS } from "../dataset/layout.js";
import { openForReading } from "../dataset/training-set.js";
import { type TableOptions, tableOptions } from "../dataset/truth/truth-columns.js";
import type { NdArray } from "../frames/nd-array.js";
import { OPEN_RULES, type OpenOptions, openOptions } from "../frames/open-options.js";
import { TABLE_RULES } from "./table-rules.js";
import { CALL_RULES, type CallOptions, workOptions } from "./work.js";

/**
 * "r" reads an existing set; "a" adds to it, or starts an empty one; "w" replaces it by an empty
 * one.
 */
export type TrainingSetMode = "r" | "w" | "a";

const MODES: readonly TrainingSetMode[] = ["r", "w", "a"];

/** Groups of the file in the order in which h5py lists them. */
const GROUPS = [...SET_GROUPS].sort();

/** How a table of emitters becomes maps. */
export interface TruthTableOptions extends TableOptions {
  /**
   * Emitters above this brightness are kept, in the table's unit. Left out: 250 photons, and all of
   * a table whose brightness is in another unit. Without a column for brightness, all are kept.
   */
  threshold?: number | undefined;
  /** Standard deviation of an emitter's density, pixels; 1 where left out. */
  sigma?: number | undefined;
  /** Density above which a pixel belongs to an emitter, emitters per pixel; 0.03 where left out. */
  segThreshold?: number | undefined;
}

const TRUTH_RULES = {
  threshold: numberArgument(MAP_NUMBERS.threshold),
  sigma: numberArgument(MAP_NUMBERS.sigma),
  segThreshold: numberArgument(MAP_NUMBERS.segThreshold),
  ...TABLE_RULES,
};

/** Frames with the table of their emitters. */
export interface NewDataset extends TruthTableOptions, OpenOptions, CallOptions {
  name: string;
  /** A stack of any format, or FILE.h5:PATH. */
  inputFile: string;
  /** Table of emitters (csv), in a format of docs/datasets.md, or Picasso's .hdf5. */
  frameLogger: string;
}

/** Frames alone. */
export interface NewInput extends OpenOptions, CallOptions {
  name: string;
  /** A stack of any format, or FILE.h5:PATH. */
  inputFile: string;
}

/** Density maps, or the table that they follow from. */
export interface NewTarget extends TruthTableOptions, CallOptions {
  name: string;
  /**
   * FILE.h5:PATH of density maps, or a table (csv) of emitters of frames that are already in the
   * set.
   */
  targetFile: string;
}

const INPUT_RULES = { name: TEXT, inputFile: PATH, ...OPEN_RULES, ...CALL_RULES };
const DATASET_RULES = { ...INPUT_RULES, frameLogger: PATH, ...TRUTH_RULES };
const TARGET_RULES = { name: TEXT, targetFile: PATH, ...TRUTH_RULES, ...CALL_RULES };
const SAMPLE: ArgumentRule = numberArgument(wholeNumber(0));

/** An array of a training set. */
export interface StoredArray {
  /** "input/first_dataset". */
  path: string;
  shape: readonly number[];
  /** NumPy's name of the type: "float64". */
  dtype: string;
}

/** The values of an array in a training set. */
export interface LoadedArray extends NdArray {
  dtype: string;
}

/**
 * A training set: an HDF5 file with frames, density maps and segmentation maps, as the original's.
 *
 * @example
 * ```ts
 * await using set = await TrainingSet.open("set.h5", "w");
 * await set.addDataset({ name: "first_dataset", inputFile: "stack.tif", frameLogger: "truth.csv" });
 * await set.summary();
 * ```
 */
export class TrainingSet {
  private isOpen = true;
  /** The addition that came last. Additions to a set are made one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly path: string,
    readonly mode: TrainingSetMode,
  ) {}

  /**
   * Opens a training set. Additions appear whole or not at all.
   * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION, OUTPUT_WRITE; DatasetError DATASET_FORMAT for
   * a file that is not a training set, which "w" does not replace either
   */
  static async open(path: string, mode: TrainingSetMode = "r"): Promise<TrainingSet> {
    checkArgument("path", path, PATH);
    checkArgument("mode", mode, oneOf(MODES));
    const status = await stat(path).catch(() => undefined);
    const isThere = status !== undefined;
    if (mode === "w" && status?.isFile() && status.size > 0) await new TrainingSet(path, mode).arrays();
    if (mode === "w" || (mode === "a" && !isThere))
      await (await DatasetWriter.create(path, mode === "w")).commit();
    const set = new TrainingSet(path, mode);
    await set.arrays();
    return set;
  }

  /**
   * Adds a stack with its ground truth: frames, density maps and segmentation maps.
   * @throws InputError, DatasetError; DefconError CANCELLED; what `onProgress` throws. The file
   * then stays as it was.
   */
  async addDataset(dataset: NewDataset): Promise<Added> {
    checkOptions<NewDataset>(dataset, DATASET_RULES, { required: ["name", "inputFile", "frameLogger"] });
    const { name, inputFile, frameLogger } = dataset;
    return this.inTurn(() =>
      addSet(this.path, name, inputFile, frameLogger, {
        ...mapOptions(dataset),
        ...openOptions(dataset),
        ...workOptions(dataset),
      }),
    );
  }

  /** Adds frames alone. @throws as {@link TrainingSet.addDataset} */
  async addInput(input: NewInput): Promise<Added> {
    checkOptions<NewInput>(input, INPUT_RULES, { required: ["name", "inputFile"] });
    const options = { ...openOptions(input), ...workOptions(input) };
    return this.inTurn(() => addInput(this.path, input.name, input.inputFile, options));
  }

  /**
   * Adds density maps, and the segmentation maps that follow from them.
   * @throws as {@link TrainingSet.addDataset}
   */
  async addTarget(target: NewTarget): Promise<Added> {
    checkOptions<NewTarget>(target, TARGET_RULES, { required: ["name", "targetFile"] });
    const options = { ...mapOptions(target), ...workOptions(target) };
    return this.inTurn(() => addTarget(this.path, target.name, target.targetFile, options));
  }

  /** Arrays of the file, by group and name. @throws DatasetError DATASET_FORMAT */
  async arrays(): Promise<StoredArray[]> {
    return this.read((_, groups) => infosOf(groups).map(stored));
  }

  /** Samples of each input array, sorted by name. @throws DatasetError DATASET_FORMAT */
  async lengths(): Promise<number[]> {
    return this.read((_, { input }) => [...input.values()].map(({ samples }) => samples));
  }

  /**
   * Prints the tree of the file: name, shape and type of each array.
   * @returns the text
   * @throws DatasetError DATASET_FORMAT
   */
  async summary(options: { print?: boolean | undefined } = {}): Promise<string> {
    checkOptions(options, { print: FLAG });
    const { print = true } = options;
    const groups = await this.read((_, groups) => groups);
    const lines = GROUPS.flatMap((group) => [
      `    ${group}/`,
      ...[...groups[group]].map(
        ([name, info]) => `        ${name}: shape = (${arrayShape(info).join(", ")}), dtype = ${info.dtype}`,
      ),
    ]);
    const text = ["", this.path, "/", ...lines, ""].join("\n");
    if (print) console.log(text);
    return text;
  }

  /**
   * Reads an array, or its samples from `first` up to but not including `end`.
   * @param path "input/first_dataset"
   * @throws DatasetError DATASET_FORMAT; InputError INPUT_OPTION for samples beyond the last
   */
  async get(
    path: string,
    options: { first?: number | undefined; end?: number | undefined } = {},
  ): Promise<LoadedArray> {
    checkArgument("path", path, TEXT);
    checkOptions(options, { first: SAMPLE, end: SAMPLE });
    const { first = 0, end } = options;
    return this.read((file, groups) => {
      const info = infosOf(groups).find((each) => each.path === path);
      if (!info) {
        throw new InputError("INPUT_OPTION", {
          subject: path,
          expected: `one of the arrays of ${this.path}`,
          found: "no array of that path",
          advice: "summary() lists the arrays.",
        });
      }
      const stop = end ?? info.samples;
      checkRange(path, info.samples, first, stop);
      const { shape, dtype } = stored(info);
      const data = readNumbers(this.path, file, path, first, stop);
      return { shape: [stop - first, ...shape.slice(1)], dtype, data };
    });
  }

  /**
   * Ends the use of the set, after the additions under way.
   * It may be omitted: no file stays open between calls.
   */
  async close(): Promise<void> {
    this.isOpen = false;
    await this.last;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Opens the file for one piece of work. */
  private async read<T>(work: (file: File, groups: Arrays) => T): Promise<T> {
    this.checkOpen();
    const file = await openForReading(this.path);
    try {
      return work(file, listArrays(this.path, file));
    } finally {
      file.close();
    }
  }

  /** @throws InputError INPUT_OPTION after {@link TrainingSet.close} @internal */
  checkOpen(): void {
    if (this.isOpen) return;
    throw new InputError("INPUT_OPTION", {
      subject: this.path,
      expected: "an open training set",
      found: "one that was closed",
      advice: "Open it again with TrainingSet.open.",
    });
  }

  /** Does an addition when those before it are over. */
  private inTurn(work: () => Promise<Added>): Promise<Added> {
    this.checkWritable();
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private checkWritable(): void {
    this.checkOpen();
    if (this.mode !== "r") return;
    throw new InputError("INPUT_OPTION", {
      subject: this.path,
      expected: "a training set that was opened to be written",
      found: 'the mode "r"',
      advice: 'Open it with TrainingSet.open(path, "a").',
    });
  }
}

/** How the sets of a file are joined. */
export interface CompactSetOptions extends CallOptions {
  outputFile: string;
  /** Whether samples come in random order; true where left out. */
  shuffle?: boolean | undefined;
  /**
   * Changes samples at random: how often each is written, true for once.
   * False where left out, which 0 also means.
   */
  augment?: boolean | number | undefined;
  /** Makes samples of three consecutive frames; false where left out. */
  temporal?: boolean | undefined;
  /** Seed of everything random; 42 where left out. */
  seed?: number | undefined;
  /** Whether an earlier training set may be replaced; false where left out. */
  force?: boolean | undefined;
}

const AUGMENT: ArgumentRule = {
  expected: "true, false, or how often each sample is written: a whole number",
  holds: (value) => FLAG.holds(value) || SAMPLE.holds(value),
};
const COMPACT_RULES = {
  outputFile: PATH,
  force: FLAG,
  shuffle: FLAG,
  augment: AUGMENT,
  temporal: FLAG,
  seed: SAMPLE,
  ...CALL_RULES,
};

/**
 * Joins all sets of a file in one order of samples, in bounded memory. Trainings read it fastest.
 * @returns number and size of the samples
 * @throws InputError, DatasetError; DefconError CANCELLED; what `onProgress` throws. No file is
 * then written.
 */
export async function compactSet(
  set: TrainingSet | string,
  options: CompactSetOptions,
): Promise<{ samples: number; height: number; width: number; framesPerSample: number }> {
  if (set instanceof TrainingSet) set.checkOpen();
  else checkArgument("set", set, { ...PATH, expected: "a TrainingSet or a path" });
  checkOptions<CompactSetOptions>(options, COMPACT_RULES, { required: ["outputFile"] });
  const { outputFile, augment = false, force } = options;
  const { shuffle, temporal, seed } = { ...COMPACT_DEFAULTS, ...given(options) };
  return compact(typeof set === "string" ? set : set.path, outputFile, {
    ...{ shuffle, temporal, seed, augment: Number(augment), force },
    ...workOptions(options),
  });
}

function mapOptions({ threshold, sigma, segThreshold, ...table }: TruthTableOptions) {
  return { ...MAP_DEFAULTS, ...given({ threshold, sigma, segThreshold }), ...tableOptions(table) };
}

/** All arrays of a file, by group and name. */
function infosOf(groups: Arrays): ArrayInfo[] {
  return GROUPS.flatMap((group) => [...groups[group].values()]);
}

function stored(info: ArrayInfo): StoredArray {
  const { path, dtype } = info;
  return { path, shape: arrayShape(info), dtype };
}

function checkRange(path: string, samples: number, first: number, end: number): void {
  const whole = Number.isInteger(first) && Number.isInteger(end);
  if (whole && first >= 0 && first < end && end <= samples) return;
  throw new InputError("INPUT_OPTION", {
    subject: path,
    expected: `samples from 0 up to ${samples}`,
    found: `${first} up to ${end}`,
  });
}
