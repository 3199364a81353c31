import { AtomicFile } from "../../base/atomic-file.js";
import { throwIfCancelled } from "../../base/cancelled.js";
import { csvCell } from "../../base/csv-cell.js";
import { DatasetError } from "../../base/errors.js";
import { readCsv } from "./csv-table.js";

/** Brightness of a molecule that is on for a whole frame, as in the original. */
const FULL_BRIGHTNESS = 2_500;
/** Last frame that a table may name. Times in a wrong unit would otherwise fill the memory. */
const LAST_FRAME = 10_000_000;
/** Digits of a fraction of a frame; more would show rounding errors. */
const DIGITS = 12;

export interface LoggerOptions {
  /** Seconds that a frame takes, where times are in seconds; undefined where they are in frames. */
  exposure?: number;
  signal?: AbortSignal;
}

interface Molecule {
  id: string;
  x: number;
  y: number;
  z: number | undefined;
}

/**
 * Makes a table of ground truth from the two logs of a simulation.
 *
 * States have the columns id, on, off: molecule `id` is on from `on` to `off`, in frames or seconds
 * since the start of the first frame, which has the number 1. Positions have id, x, y and possibly
 * z. The column time_on is the fraction of the frame for which the molecule is on, over all its
 * times; brightness = 2500 time_on.
 *
 * @returns rows written
 * @throws InputError INPUT_NOT_FOUND, OUTPUT_WRITE; DatasetError DATASET_TRUTH; DefconError
 * CANCELLED
 */
export async function writeGroundTruth(
  statesPath: string,
  positionsPath: string,
  output: string,
  { exposure = 1, signal }: LoggerOptions = {},
): Promise<number> {
  const molecules = await readPositions(positionsPath, signal);
  const frames = await readStates(statesPath, positionsPath, molecules, exposure, signal);
  const withZ = [...molecules.values()].some(({ z }) => z !== undefined);
  const file = await AtomicFile.create(output);
  let rows = 0;
  try {
    await file.write(`frame,x,y,${withZ ? "z," : ""}id,brightness,time_on\n`);
    for (const frame of [...frames.keys()].sort((a, b) => a - b)) {
      throwIfCancelled(signal);
      const lines = [...frames.get(frame)!].map(([{ id, x, y, z }, timeOn]) =>
        [
          frame,
          x,
          y,
          ...(withZ ? [z ?? 0] : []),
          csvCell(id),
          rounded(FULL_BRIGHTNESS * timeOn),
          rounded(timeOn),
        ].join(","),
      );
      rows += lines.length;
      await file.write(`${lines.join("\n")}\n`);
    }
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  }
  return rows;
}

async function readPositions(path: string, signal?: AbortSignal): Promise<Map<string, Molecule>> {
  const molecules = new Map<string, Molecule>();
  let [idAt, xAt, yAt, zAt] = [0, 0, 0, -1];
  await readCsv(
    path,
    {
      head({ names }) {
        [idAt, xAt, yAt] = needed(path, names, ["id", "x", "y"]) as [number, number, number];
        zAt = names.indexOf("z");
      },
      row(row) {
        const id = row.text(idAt);
        if (molecules.has(id)) throw row.wrong(idAt, "one position for each molecule");
        const z = zAt < 0 ? undefined : row.number(zAt);
        molecules.set(id, { id, x: row.number(xAt), y: row.number(yAt), z });
      },
    },
    signal,
  );
  return molecules;
}

/** For each frame, numbered from 1, the fraction of it for which each molecule is on. */
async function readStates(
  path: string,
  positionsPath: string,
  molecules: ReadonlyMap<string, Molecule>,
  exposure: number,
  signal?: AbortSignal,
): Promise<Map<number, Map<Molecule, number>>> {
  const frames = new Map<number, Map<Molecule, number>>();
  let [idAt, onAt, offAt] = [0, 0, 0];
  await readCsv(
    path,
    {
      head({ names }) {
        [idAt, onAt, offAt] = needed(path, names, ["id", "on", "off"]) as [number, number, number];
      },
      row(row) {
        const molecule = molecules.get(row.text(idAt));
        if (!molecule) throw row.wrong(idAt, `a molecule with a position in ${positionsPath}`);
        const [on, off] = [row.number(onAt) / exposure, row.number(offAt) / exposure];
        if (on < 0) throw row.wrong(onAt, "a time from 0 on");
        if (off < on) throw row.wrong(offAt, "a time that is not before on");
        if (off > LAST_FRAME) {
          throw row.wrong(offAt, `a time within ${LAST_FRAME} frames`, "Times in seconds need --exposure.");
        }
        for (let frame = Math.floor(on); frame < off; frame++) {
          const time = Math.min(off, frame + 1) - Math.max(on, frame);
          const ofFrame = frames.get(frame + 1) ?? new Map<Molecule, number>();
          ofFrame.set(molecule, (ofFrame.get(molecule) ?? 0) + time);
          frames.set(frame + 1, ofFrame);
        }
      },
    },
    signal,
  );
  return frames;
}

function needed(path: string, names: readonly string[], columns: readonly string[]): number[] {
  return columns.map((column) => {
    const at = names.indexOf(column);
    if (at >= 0) return at;
    throw new DatasetError("DATASET_TRUTH", {
      subject: path,
      expected: `the columns ${columns.join(", ")}`,
      found: names.join(", ") || "no columns",
    });
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
