import { InputError } from "../base/errors.js";
import { ABOVE_ZERO, numberFrom } from "../base/number-rule.js";
import { type OpenOptions, openOptions } from "../frames/open-options.js";
import { DatasetWriter } from "./dataset-writer.js";
import { drawDensity, drawSegmentation, SEG_THRESHOLD } from "./density.js";
import { type FrameReader, namesHdf5Array, openFrames, openHdf5Source } from "./frame-source.js";
import { type Arrays, describe, formatError, type GroupName, listArrays, SET_GROUPS } from "./layout.js";
import { openForReading } from "./training-set.js";
import type { PixelReader } from "./truth/agreement.js";
import type { TruthStack } from "./truth/outside.js";
import { type GroundTruth, readTruth, type TruthOptions } from "./truth/truth-table.js";
import { stepByStep, type WorkOptions } from "./work.js";

export interface MapOptions extends Omit<TruthOptions, "signal"> {
  /** Density above which a pixel belongs to an emitter, emitters per pixel. */
  segThreshold: number;
}

/**
 * Least standard deviation of a density, pixels.
 * A narrower one falls between the centres of pixels: its map would not add up to the number of
 * emitters.
 */
export const LEAST_SIGMA = 0.5;

/** What the numbers of {@link MapOptions} may be. */
export const MAP_NUMBERS = {
  threshold: numberFrom(0),
  sigma: numberFrom(LEAST_SIGMA),
  segThreshold: ABOVE_ZERO,
} as const;

/** The original's values, which `dataset add` takes where nothing is given. */
export const MAP_DEFAULTS = { sigma: 1, segThreshold: SEG_THRESHOLD } as const satisfies MapOptions;

/** The frames that were added. */
export interface Added {
  name: string;
  samples: number;
  width: number;
  height: number;
  /** What the reader of the frames had to decide or to lose, in words for people. */
  notes: readonly string[];
  /** What was read of the table, where one was given. */
  truth?: Pick<GroundTruth, "kept" | "dropped" | "format" | "notes" | "warnings">;
}

/**
 * Adds a stack with its ground truth: frames, density maps and segmentation maps.
 * @param frames a stack of any format, or FILE.h5:PATH
 * @param truthPath a csv table of emitters, or Picasso's .hdf5
 * @throws InputError, DatasetError; DefconError CANCELLED. The file then stays as it was.
 */
export async function addSet(
  path: string,
  name: string,
  frames: string,
  truthPath: string,
  options: MapOptions & WorkOptions & OpenOptions,
): Promise<Added> {
  await checkFree(path, name, SET_GROUPS);
  return withSource(openFrames(frames, openOptions(options)), async (source) => {
    const { pixelSize } = source;
    const known = { ...options, ...(pixelSize !== undefined && { knownPixelSize: pixelSize }) };
    const truth = await readTruth(truthPath, source, known, pixelReader(source));
    await write(path, name, source, options, {
      frames: (index, values) => source.read(index, values),
      density: densityOf(truth, source.width, options.sigma),
    });
    return added(name, source, truth);
  });
}

/**
 * Adds the frames of a set alone.
 * @param frames a stack of any format, or FILE.h5:PATH
 * @throws as addSet
 */
export async function addInput(
  path: string,
  name: string,
  frames: string,
  options: WorkOptions & OpenOptions,
): Promise<Added> {
  const arrays = await checkFree(path, name, ["input"]);
  return withSource(openFrames(frames, openOptions(options)), async (source) => {
    checkMatch(path, arrays, name, source);
    await write(
      path,
      name,
      source,
      { ...options, ...MAP_DEFAULTS },
      { frames: (index, values) => source.read(index, values) },
    );
    return added(name, source);
  });
}

/**
 * Adds the density maps of a set, and the segmentation maps that follow from them.
 * @param maps FILE.h5:PATH, or a table of ground truth for frames that are already in the file
 * @throws as addSet
 */
export async function addTarget(
  path: string,
  name: string,
  maps: string,
  options: MapOptions & WorkOptions,
): Promise<Added> {
  const arrays = await checkFree(path, name, ["target", "seg_map"]);
  if (namesHdf5Array(maps)) {
    return withSource(openHdf5Source(maps, "density"), async (source) => {
      checkMatch(path, arrays, name, source);
      await write(path, name, source, options, { density: (index, map) => source.read(index, map) });
      return added(name, source);
    });
  }
  const input = arrays.input.get(name);
  if (input?.framesPerSample !== 1) {
    throw formatError(path, `input/${name} of single frames, to which the table belongs`, "none", {
      advice: "Add the frames first, with dataset add-input.",
    });
  }
  const stack = { frames: input.samples, height: input.height, width: input.width };
  const truth = await withSource(openHdf5Source(`${path}:input/${name}`, "frames"), (source) =>
    readTruth(maps, stack, options, pixelReader(source)),
  );
  await write(path, name, stack, options, { density: densityOf(truth, stack.width, options.sigma) });
  return added(name, stack, truth);
}

/** Reads frames one at a time into the same memory. */
function pixelReader(source: FrameReader): PixelReader {
  const values = new Float64Array(source.width * source.height);
  return async (index) => {
    await source.read(index, values);
    return values;
  };
}

type Draw = (index: number, map: Float64Array) => void | Promise<void>;

function densityOf(truth: GroundTruth, width: number, sigma: number): Draw {
  return (index, map) => drawDensity(map, width, truth.emitters(index), sigma);
}

/** Writes frames, maps or both; each has a function that draws it. */
async function write(
  path: string,
  name: string,
  { frames, height, width }: TruthStack,
  options: MapOptions & WorkOptions,
  draw: { frames?: Draw; density?: Draw },
): Promise<void> {
  const writer = await DatasetWriter.extend(path);
  try {
    const begin = (group: GroupName) =>
      writer.addArray(group, name, frames, { height, width, framesPerSample: 1 });
    const input = draw.frames && begin("input");
    const target = draw.density && begin("target");
    const segMaps = draw.density && begin("seg_map");
    const values = new Float64Array(height * width);
    const segMap = new Int8Array(height * width);
    await stepByStep(frames, options, async (index) => {
      await draw.frames?.(index, values);
      input?.write(index, values);
      await draw.density?.(index, values);
      target?.write(index, values);
      if (segMaps) {
        drawSegmentation(segMap, values, options.segThreshold);
        segMaps.write(index, segMap);
      }
    });
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function withSource<T>(
  opening: Promise<FrameReader>,
  work: (source: FrameReader) => Promise<T>,
): Promise<T> {
  const source = await opening;
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/**
 * Lists the arrays of a file and checks that a name is free in it.
 * @throws InputError INPUT_OPTION; DatasetError DATASET_FORMAT
 */
export async function checkFree(path: string, name: string, groups: readonly GroupName[]): Promise<Arrays> {
  if (!name || /[/\0]/.test(name) || /^\.\.?$/.test(name)) {
    throw new InputError("INPUT_OPTION", {
      subject: `the name ${JSON.stringify(name)}`,
      expected: "a name without slashes",
    });
  }
  const file = await openForReading(path);
  try {
    const arrays = listArrays(path, file);
    if (arrays.target.has("target") && arrays.input.has("input")) {
      throw formatError(path, "a training set that is added to", "a compacted one", {
        advice: "Add to the file that it was compacted from, and compact that again.",
      });
    }
    const taken = groups.find((group) => arrays[group].has(name));
    if (!taken) return arrays;
    throw new InputError("INPUT_OPTION", {
      subject: path,
      expected: `a name that ${taken} does not have yet`,
      found: name,
      advice: "Choose another name; dataset summary shows those that are taken.",
    });
  } finally {
    file.close();
  }
}

/**
 * Checks that arrays that already have the name match in number and size.
 * @throws DatasetError DATASET_FORMAT
 */
function checkMatch(path: string, arrays: Arrays, name: string, { frames, height, width }: TruthStack): void {
  const wanted = { samples: frames, height, width, framesPerSample: 1 } as const;
  for (const group of SET_GROUPS) {
    const there = arrays[group].get(name);
    if (there && describe(there) !== describe(wanted)) {
      throw formatError(path, `${describe(there)} as in ${there.path}`, describe(wanted), {
        advice: "Frames and their maps must match one by one.",
      });
    }
  }
}

function added(
  name: string,
  { frames, height, width, notes = [] }: TruthStack & Pick<FrameReader, "notes">,
  truth?: GroundTruth,
): Added {
  return { name, samples: frames, width, height, notes: [...notes], ...(truth && { truth }) };
}
