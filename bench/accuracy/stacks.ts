import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { MAP_DEFAULTS } from "../../src/dataset/add.js";
import { readCsv } from "../../src/dataset/truth/csv-table.js";
import { type EvaluationFrame, frameTruth } from "../../src/evaluate/evaluation-frame.js";
import { openTifStack } from "../../src/frames/tif-stack.js";

/** Which rows of a table are molecules that count, and where its zero is. */
export interface StackTruth {
  /** The column that decides; rows count where its value is above `above`. */
  column: string;
  above: number;
  /** Coordinate of the first pixel's centre. */
  firstCentre: 0 | 0.5;
}

/** Tables of SASS' frame logger: 250 photons as in the original's training, pixel centres at whole numbers. */
export const SASS: StackTruth = { column: "brightness", above: 250, firstCentre: 0 };

/** Tables of scripts/oracle/second_generator.py: it applies the rule of truth itself. */
export const SECOND: StackTruth = { column: "counts", above: 0.5, firstCentre: 0.5 };

/** The stacks NAME.tif in a folder, those of them with NAME.csv if tables are wanted, in the order of names; none without the folder. */
export function stacksIn(folder: string, { tables }: { tables: boolean }): string[] {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith(".tif"))
    .map((name) => join(folder, name));
  return paths.filter((path) => !tables || existsSync(tableOf(path))).sort();
}

/** Name of a stack without folder and ending. */
export function stackName(path: string): string {
  return basename(path, ".tif");
}

/** Frames of stacks with their truth; each stack is a condition. */
export async function* framesOf(paths: readonly string[], rule: StackTruth): AsyncGenerator<EvaluationFrame> {
  for (const [sequence, path] of paths.entries()) {
    const stack = await openTifStack(path);
    try {
      const emitters = await readEmitters(tableOf(path), rule);
      const condition = { name: stackName(path) };
      let number = 0;
      for await (const image of stack.frames()) {
        number++;
        const places = emitters.get(number) ?? { x: [], y: [] };
        const truth = frameTruth(places, image, { threshold: 0, sigma: MAP_DEFAULTS.sigma });
        yield { condition, number, sequence, image, truth };
      }
    } finally {
      await stack.close();
    }
  }
}

function tableOf(path: string): string {
  return path.replace(/\.tif$/, ".csv");
}

/** Molecules that count, by the number of the frame; pixels from the corner of the first one. */
async function readEmitters(
  path: string,
  { column, above, firstCentre }: StackTruth,
): Promise<Map<number, { x: number[]; y: number[] }>> {
  const frames = new Map<number, { x: number[]; y: number[] }>();
  const shift = 0.5 - firstCentre;
  let at: number[] = [];
  await readCsv(path, {
    head({ names }) {
      at = ["frame", "x", "y", column].map((name) => names.indexOf(name));
    },
    row(row) {
      const [frame, x, y, deciding] = at.map((index) => row.number(index));
      if (deciding! <= above) return;
      const places = frames.get(frame!) ?? { x: [], y: [] };
      places.x.push(x! + shift);
      places.y.push(y! + shift);
      frames.set(frame!, places);
    },
  });
  return frames;
}
