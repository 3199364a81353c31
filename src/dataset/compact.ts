import { dirname, resolve } from "node:path";
import type { File } from "h5wasm/node";
import { InputError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { augmentValues, crop, randomPlace } from "./augmentation.js";
import { DatasetWriter } from "./dataset-writer.js";
import { drawSegmentation, SEG_THRESHOLD } from "./density.js";
import {
  completeSets,
  formatError,
  listArrays,
  type SampleShape,
  type SetInfo,
  sameShape,
} from "./layout.js";
import type { SampleRange } from "./sample-blocks.js";
import { LEAST_SIDE, type SamplePart, type Samples, SIDE_STEP } from "./samples.js";
import { differentSizes, openForReading } from "./training-set.js";
import { UnpackedArray } from "./unpacked-array.js";
import { stepByStep, type WorkOptions } from "./work.js";

export interface CompactOptions extends WorkOptions {
  shuffle: boolean;
  /**
   * How often each sample is written, each time cropped and changed at random.
   * 0 writes each sample once, unchanged.
   */
  augment: number;
  /** Whether samples are three consecutive frames. */
  temporal: boolean;
  seed: number;
  /** Whether an earlier training set may be replaced; false where left out. */
  force?: boolean | undefined;
}

/** Most samples of a set: their order is held in memory. */
const MOST_SAMPLES = 100_000_000;

/** How a set is compacted where nothing is given. */
export const COMPACT_DEFAULTS = { shuffle: true, augment: 0, temporal: false, seed: 42 } as const;

/**
 * The source of each sample of the output.
 * Sample i starts at frame `firsts[i]` of set number `sets[i]`.
 */
interface Plan {
  sets: Uint32Array;
  firsts: Uint32Array;
}

/**
 * Joins all sets of a file in a new one that holds a single set, in bounded memory.
 * Its arrays are input/input, target/target and seg_map/seg_map, all in the same order of samples.
 * In temporal sets each source set gives groups of three consecutive frames, without its first N
 * mod 3 frames. No group has frames of two sets.
 * @throws InputError, DatasetError; DefconError CANCELLED. No file is then written.
 */
export async function compactSet(
  path: string,
  output: string,
  options: CompactOptions,
): Promise<SampleShape & { samples: number }> {
  const file = await openForReading(path);
  let open = true;
  try {
    const sets = completeSets(path, listArrays(path, file));
    const plan = samplePlan(path, sets, options);
    const shape = outputShape(path, sets, options);
    const writer = await DatasetWriter.create(output, options.force);
    try {
      await writeSamples(writer, path, file, sets, plan, shape, options);
      // Some systems cannot replace a file that is open.
      file.close();
      open = false;
      await writer.commit();
    } catch (error) {
      await writer.abort();
      throw error;
    }
    return { ...shape, samples: plan.sets.length };
  } finally {
    if (open) file.close();
  }
}

/** @throws DatasetError DATASET_FORMAT; InputError INPUT_OPTION for more samples than a set can have */
function samplePlan(path: string, sets: readonly SetInfo[], options: CompactOptions): Plan {
  const { shuffle, augment, temporal, seed } = options;
  if (temporal && sets.some(({ framesPerSample }) => framesPerSample === 3)) {
    throw formatError(path, "samples of one frame", "samples of three frames already", {
      advice: "Leave --temporal out.",
    });
  }
  const [frames, copies] = [temporal ? 3 : 1, Math.max(1, augment)];
  const [setNumbers, firsts]: [number[], number[]] = [[], []];
  for (const [number, { samples }] of sets.entries()) {
    for (let first = samples % frames; first < samples; first += frames) {
      setNumbers.push(number);
      firsts.push(first);
    }
  }
  if (firsts.length === 0) {
    throw formatError(path, "a set of three frames or more", "fewer in each", {
      advice: "Leave --temporal out.",
    });
  }
  if (copies * firsts.length > MOST_SAMPLES) {
    throw new InputError("INPUT_OPTION", {
      subject: `${copies} copies of each sample`,
      expected: `at most ${MOST_SAMPLES} samples in all`,
      found: `${copies * firsts.length}`,
    });
  }
  const order = shuffle ? shuffledCopies(firsts.length, copies, new Random(seed, "compact")) : undefined;
  const from = (i: number) => order?.[i] ?? Math.floor(i / copies);
  const length = copies * firsts.length;
  return {
    sets: Uint32Array.from({ length }, (_, i) => setNumbers[from(i)]!),
    firsts: Uint32Array.from({ length }, (_, i) => firsts[from(i)]!),
  };
}

/** Parts of the output that keep all copies of a sample together. */
const PARTS = 20;

/**
 * The numbers 0 to samples - 1, each `copies` times, in random order.
 * All copies of a sample are in the same twentieth. A training holds the last samples back for
 * validation; it must not be judged by copies of samples that it was trained on.
 */
function shuffledCopies(samples: number, copies: number, random: Random): Uint32Array {
  const order = random.permutation(samples);
  if (copies === 1) return order;
  const shuffled = new Uint32Array(samples * copies);
  const start = (part: number) => Math.round((part * samples) / PARTS);
  for (let part = 0; part < PARTS; part++) {
    const members = order.subarray(start(part), start(part + 1));
    const places = random.permutation(members.length * copies);
    shuffled.set(
      places.map((place) => members[Math.floor(place / copies)]!),
      start(part) * copies,
    );
  }
  return shuffled;
}

/**
 * @throws DatasetError DATASET_FORMAT where the sets differ in size and crops do not make them
 * equal
 */
function outputShape(
  path: string,
  sets: readonly SetInfo[],
  { augment, temporal }: CompactOptions,
): SampleShape {
  const first = sets[0]!;
  const kind = sets.find(({ framesPerSample }) => framesPerSample !== first.framesPerSample);
  if (kind)
    throw differentSizes(path, first, kind, "Compact sets of one frame a sample apart from the others.");
  const framesPerSample = temporal ? 3 : first.framesPerSample;
  if (augment === 0) {
    const other = sets.find((set) => !sameShape(set, first));
    if (other) throw differentSizes(path, first, other, "--augment makes their sizes equal by random crops.");
    return { height: first.height, width: first.width, framesPerSample };
  }
  const side = (of: "height" | "width") => {
    const least = Math.min(...sets.map((set) => set[of]));
    return least - (least % SIDE_STEP);
  };
  const [height, width] = [side("height"), side("width")];
  if (height >= LEAST_SIDE && width >= LEAST_SIDE) return { height, width, framesPerSample };
  throw formatError(
    path,
    `frames from ${LEAST_SIDE} x ${LEAST_SIDE} pixels on`,
    `crops of ${width} x ${height}`,
    { advice: "Leave out the sets of the smallest frames." },
  );
}

async function writeSamples(
  writer: DatasetWriter,
  path: string,
  file: File,
  sets: readonly SetInfo[],
  plan: Plan,
  shape: SampleShape,
  options: CompactOptions,
): Promise<void> {
  const total = plan.sets.length;
  const input = writer.addArray("input", "input", total, shape);
  const target = writer.addArray("target", "target", total, shape);
  const segMap = writer.addArray("seg_map", "seg_map", total, shape);
  const sources: SetSource[] = [];
  try {
    for (const set of sets) sources.push(new SetSource(path, file, set, dirname(resolve(writer.path))));
    const unpacking = sources.flatMap((source) => source.unpacking);
    const frames = options.temporal ? 3 : 1;
    await stepByStep(unpacking.length + total, options, (step) => {
      if (step < unpacking.length) {
        unpacking[step]!();
        return;
      }
      const i = step - unpacking.length;
      const source = sources[plan.sets[i]!]!;
      const stored = source.read([plan.firsts[i]!, plan.firsts[i]! + frames]);
      const sample = options.augment > 0 ? augmented(source.set, stored, shape, options.seed, i) : stored;
      input.write(i, Float64Array.from(sample.input));
      target.write(i, Float64Array.from(sample.target));
      segMap.write(i, Int8Array.from(sample.segMap));
    });
  } finally {
    for (const source of sources) source.close();
  }
}

type StoredSample = Record<SamplePart, Float64Array>;

/** A set whose samples are read in any order. */
class SetSource {
  private readonly arrays: Record<"input" | "target", UnpackedArray> & { segMap?: UnpackedArray };

  constructor(
    path: string,
    file: File,
    readonly set: SetInfo,
    folder: string,
  ) {
    const open = (part: SamplePart) => new UnpackedArray(path, file, set, part, folder);
    this.arrays = {
      input: open("input"),
      target: open("target"),
      ...(set.arrays.seg_map && { segMap: open("segMap") }),
    };
  }

  /** What is to be done, in order, before the first sample is read. */
  get unpacking(): (() => void)[] {
    return Object.values(this.arrays).flatMap((array) =>
      array.blocks.map((block) => () => array.unpack(block)),
    );
  }

  read(range: SampleRange): StoredSample {
    const target = this.arrays.target.read(range);
    const drawn = () => {
      const segMap = new Float64Array(target.length);
      drawSegmentation(segMap, target, SEG_THRESHOLD);
      return segMap;
    };
    return {
      input: this.arrays.input.read(range),
      target,
      segMap: this.arrays.segMap?.read(range) ?? drawn(),
    };
  }

  close(): void {
    for (const array of Object.values(this.arrays)) array.close();
  }
}

/**
 * One sample, cropped to `size` at a random place, its frames changed at random.
 * It is in float32, as the network takes it.
 */
function augmented(
  set: SetInfo,
  stored: StoredSample,
  size: SampleShape,
  seed: number,
  index: number,
): Samples {
  const sample: Samples = {
    ...{ count: 1, height: set.height, width: set.width, framesPerSample: size.framesPerSample },
    input: Float32Array.from(stored.input),
    target: Float32Array.from(stored.target),
    segMap: Float32Array.from(stored.segMap),
  };
  const random = new Random(seed, "augment", index);
  const cut = crop(sample, randomPlace(sample, size, random));
  augmentValues(cut, random);
  return cut;
}
