import type { TruthColumns } from "./truth-columns.js";
import { LENGTH_UNITS, type LengthUnit } from "./truth-formats.js";
import type { Reading } from "./truth-rows.js";

/** Another way to read the same table. */
export interface Alternative {
  reading: Reading;
  /** How it differs: "x and y swapped". */
  words: string;
  /** The options that ask for it. */
  options: string;
  /** The options that say that the table is right as it is. */
  keep: string;
  /** Whether the user ruled it out by naming what it changes. */
  ruledOut: boolean;
}

/** One thing that may be different. */
type Change = Omit<Alternative, "reading"> & { change: Partial<Reading> };

const NM_PER_UNIT = { nm: 1, um: 1_000 } as const;

/** How numbers of a table become frames and pixels, as its columns say. */
export function readingOf({ unit, pixelSize, firstFrame, firstCentre }: TruthColumns): Reading {
  return { firstFrame, scale: scaleOf(unit, pixelSize)!, shift: 0.5 - firstCentre, swapped: false };
}

/**
 * Other readings that people mean, those with the fewest changes first.
 * Frames are counted from one more or less, x and y change places, or positions are in another unit.
 * @param starts further numbers that the first frame may have
 */
export function alternativesTo(
  given: Reading,
  columns: TruthColumns,
  names: readonly string[],
  starts: readonly number[] = [],
): Alternative[] {
  const choices = [
    [undefined, ...otherFrames(columns, starts)],
    [undefined, swap(given, columns, names)],
    [undefined, ...otherUnits(columns)],
  ];
  let all: Change[][] = [[]];
  for (const changes of choices) {
    all = all.flatMap((before) => changes.map((change) => (change ? [...before, change] : before)));
  }
  return all
    .filter((changes) => changes.length > 0)
    .sort((a, b) => a.length - b.length)
    .map((changes) => changed(given, changes));
}

/** The reading with x and y in each other's place. */
export function swapOf(given: Reading, columns: TruthColumns, names: readonly string[]): Alternative {
  return changed(given, [swap(given, columns, names)]);
}

function changed(given: Reading, changes: readonly Change[]): Alternative {
  return {
    reading: Object.assign({}, given, ...changes.map(({ change }) => change)),
    words: changes.map(({ words }) => words).join(" and "),
    options: changes.map(({ options }) => options).join(" "),
    keep: changes.map(({ keep }) => keep).join(" "),
    ruledOut: changes.some(({ ruledOut }) => ruledOut),
  };
}

function otherFrames({ firstFrame, said }: TruthColumns, starts: readonly number[]): Change[] {
  const others = new Set([firstFrame - 1, firstFrame + 1, ...starts]);
  others.delete(firstFrame);
  return [...others]
    .filter((start) => Number.isSafeInteger(start) && start >= 0)
    .map((start) => ({
      change: { firstFrame: start },
      words: `frames numbered from ${start}`,
      options: `--frames-from ${start}`,
      keep: `--frames-from ${firstFrame}`,
      ruledOut: said.frames,
    }));
}

function swap({ swapped }: Reading, { x, y, said }: TruthColumns, names: readonly string[]): Change {
  const named = (first: number, second: number) =>
    `--columns ${quoted(`x=${names[first]},y=${names[second]}`)}`;
  const [straight, crossed] = [named(x, y), named(y, x)];
  return {
    change: { swapped: !swapped },
    words: "x and y swapped",
    options: swapped ? straight : crossed,
    keep: swapped ? crossed : straight,
    ruledOut: said.axes,
  };
}

/** An argument as a shell takes it. */
function quoted(text: string): string {
  return /[^\w,=.-]/.test(text) ? `"${text}"` : text;
}

function otherUnits({ unit, pixelSize, said }: TruthColumns): Change[] {
  return (Object.keys(LENGTH_UNITS) as LengthUnit[])
    .filter((other) => other !== unit)
    .flatMap((other) => {
      const scale = scaleOf(other, pixelSize);
      if (scale === undefined) return [];
      return [
        {
          change: { scale },
          words: `positions in ${LENGTH_UNITS[other]}`,
          options: `--unit ${other}`,
          keep: `--unit ${unit}`,
          ruledOut: said.unit,
        },
      ];
    });
}

/** Pixels of a unit; undefined where the size of a pixel is unknown. */
function scaleOf(unit: LengthUnit, pixelSize: number | undefined): number | undefined {
  if (unit === "px") return 1;
  return pixelSize === undefined ? undefined : NM_PER_UNIT[unit] / pixelSize;
}
