import { DatasetError } from "../base/errors.js";
import { FULL_SCALE } from "./arrays.js";
import { SEG_THRESHOLD } from "./density.js";
import {
  completeSets,
  type GroupName,
  listArrays,
  type SampleShape,
  SET_GROUPS,
  type SetInfo,
} from "./layout.js";
import { openForReading, SampleReader } from "./training-set.js";
import type { WorkOptions } from "./work.js";

/** A set of a file. Some of its arrays may be missing. */
export interface SetSummary extends SampleShape {
  name: string;
  /** Samples of each array that is present. */
  lengths: Partial<Record<GroupName, number>>;
}

export interface DatasetSummary {
  path: string;
  sets: SetSummary[];
  /** Samples that a training would read; 0 if it could not read any. */
  samples: number;
  /** Why a training could not read the file. */
  trouble?: string;
  /** What a training does with arrays that are not as `dataset add` writes them. */
  notes: string[];
}

/**
 * What a file holds, and whether a training could read it.
 * Every value is read, as a training does before its first epoch.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT; DefconError CANCELLED
 */
export async function summariseSet(path: string, options: WorkOptions = {}): Promise<DatasetSummary> {
  const { sets, notes } = await listSets(path);
  try {
    const set = await SampleReader.open(path);
    try {
      await set.check(options);
    } finally {
      set.close();
    }
    return { path, sets, samples: set.info.samples, notes };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { path, sets, samples: 0, trouble: error.message, notes };
  }
}

/** What a training does with arrays that are not as `dataset add` writes them. */
function notesOf(sets: readonly SetInfo[]): string[] {
  return sets.flatMap(({ name, samples, arrays: { input, seg_map } }) => [
    ...(/^uint/.test(input.dtype)
      ? [`${input.path} is ${input.dtype}: its values are divided by ${FULL_SCALE[input.dtype as "uint8"]}`]
      : []),
    ...(seg_map
      ? []
      : [
          `${name} has no segmentation maps: they are drawn where the density is above ${SEG_THRESHOLD} emitters per pixel`,
        ]),
    ...(samples === 1 && sets.length === 1
      ? ["one sample: a training takes it with --validation-split 0 alone"]
      : []),
  ]);
}

async function listSets(path: string): Promise<{ sets: SetSummary[]; notes: string[] }> {
  const file = await openForReading(path);
  try {
    const arrays = listArrays(path, file);
    const complete = attempt(() => completeSets(path, arrays));
    if (complete) {
      const sets = complete.map(({ name, samples, height, width, framesPerSample, arrays: { seg_map } }) => {
        const lengths = { input: samples, target: samples, ...(seg_map && { seg_map: samples }) };
        return { name, height, width, framesPerSample, lengths };
      });
      return { sets, notes: notesOf(complete) };
    }
    const names = [...new Set(SET_GROUPS.flatMap((group) => [...arrays[group].keys()]))];
    const sets = names.map((name) => {
      const there = SET_GROUPS.flatMap((group) => {
        const info = arrays[group].get(name);
        return info ? [{ group, info }] : [];
      });
      const { height, width, framesPerSample } = there[0]!.info;
      const lengths = Object.fromEntries(there.map(({ group, info }) => [group, info.samples]));
      return { name, height, width, framesPerSample, lengths };
    });
    return { sets, notes: [] };
  } finally {
    file.close();
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DatasetError) return undefined;
    throw error;
  }
}
