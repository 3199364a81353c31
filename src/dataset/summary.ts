import { DatasetError } from "../base/errors.js";
import { completeSets, type GroupName, listArrays, type SampleShape, SET_GROUPS } from "./layout.js";
import { openForReading, SampleReader } from "./training-set.js";

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
}

/**
 * What a file holds, and whether a training could read it.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT
 */
export async function summariseSet(path: string): Promise<DatasetSummary> {
  const sets = await listSets(path);
  try {
    const set = await SampleReader.open(path);
    set.close();
    return { path, sets, samples: set.info.samples };
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { path, sets, samples: 0, trouble: error.message };
  }
}

async function listSets(path: string): Promise<SetSummary[]> {
  const file = await openForReading(path);
  try {
    const arrays = listArrays(path, file);
    const complete = attempt(() => completeSets(path, arrays));
    if (complete) {
      return complete.map(({ name, samples, height, width, framesPerSample }) => {
        const lengths = { input: samples, target: samples, seg_map: samples };
        return { name, height, width, framesPerSample, lengths };
      });
    }
    const names = [...new Set(SET_GROUPS.flatMap((group) => [...arrays[group].keys()]))];
    return names.map((name) => {
      const there = SET_GROUPS.flatMap((group) => {
        const info = arrays[group].get(name);
        return info ? [{ group, info }] : [];
      });
      const { height, width, framesPerSample } = there[0]!.info;
      const lengths = Object.fromEntries(there.map(({ group, info }) => [group, info.samples]));
      return { name, height, width, framesPerSample, lengths };
    });
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
