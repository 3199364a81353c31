import { DatasetError } from "../../base/errors.js";
import { densityReach } from "../density.js";
import type { Alternative } from "./reading.js";
import { placeOf, type TablePlace } from "./table-row.js";
import { readingInWords, type TruthColumns } from "./truth-columns.js";
import type { Reading, TruthRows } from "./truth-rows.js";

/** The stack that a table belongs to. */
export interface TruthStack {
  frames: number;
  height: number;
  width: number;
}

/** Share of rows that may lie outside under a reading that is recommended. */
const LEFT_OUTSIDE = 0.01;
/** Part of a frame's side over which positions spread at least if their unit is right. */
const LEAST_SPREAD = 0.25;
const OTHER_AXIS = { x: "y", y: "x" } as const;

/** Decides which rows lie outside a stack. */
export class Bounds {
  private readonly reach: number;

  /** @param sigma standard deviation of an emitter's density, pixels */
  constructor(
    readonly stack: TruthStack,
    sigma: number,
  ) {
    this.reach = densityReach(sigma);
  }

  /** The column that puts a row outside the stack; undefined for a row whose density reaches it. */
  breach(rows: TruthRows, row: number, reading: Reading): "frame" | "x" | "y" | undefined {
    const { frames, width, height } = this.stack;
    const index = rows.frameOf(row, reading);
    if (!(Number.isInteger(index) && index >= 0 && index < frames)) return "frame";
    if (!this.isNear(rows.xOf(row, reading), width)) return "x";
    return this.isNear(rows.yOf(row, reading), height) ? undefined : "y";
  }

  /** How many rows lie outside, and the first of them, or -1. */
  outside(rows: TruthRows, reading: Reading): { count: number; first: number } {
    let [count, first] = [0, -1];
    for (let row = 0; row < rows.length; row++) {
      if (this.breach(rows, row, reading) === undefined) continue;
      if (first < 0) first = row;
      count++;
    }
    return { count, first };
  }

  private isNear(position: number, side: number): boolean {
    return position >= -this.reach && position <= side + this.reach;
  }
}

/**
 * Checks that all rows lie within the stack.
 * @param alternatives made where a row does not
 * @throws DatasetError DATASET_TRUTH with the first row that does not, how many do not, and the
 * reading that would fit
 */
export function checkInside(
  place: TablePlace,
  columns: TruthColumns,
  rows: TruthRows,
  reading: Reading,
  bounds: Bounds,
  alternatives: () => Alternative[],
): void {
  const { count, first } = bounds.outside(rows, reading);
  if (count === 0) return;
  const breach = bounds.breach(rows, first, reading)!;
  // Where x and y have changed places, the value is in the other column.
  const column = reading.swapped && breach !== "frame" ? OTHER_AXIS[breach] : breach;
  const value = rows.raw(first)[column];
  const fitting = alternatives().find((each) => fits(rows, bounds, each.reading, reading, count));
  const share = rows.length > 1 ? `${count} of ${rows.length} rows lie outside.` : "";
  throw new DatasetError("DATASET_TRUTH", {
    subject: placeOf(place, rows.line(first), columns[column]),
    expected: expectedOf(breach, columns, bounds.stack),
    found: `${value}`,
    advice: [adviceOf(column, columns, value), share, fittingInWords(fitting)].filter(Boolean).join(" "),
  });
}

function fits(rows: TruthRows, bounds: Bounds, reading: Reading, given: Reading, before: number): boolean {
  const { count } = bounds.outside(rows, reading);
  if (count >= before || count > LEFT_OUTSIDE * rows.length) return false;
  // In too large a unit, all positions are near 0, which is inside too.
  return reading.scale === given.scale || rows.length === 1 || isSpread(rows, bounds.stack.width, reading);
}

function isSpread(rows: TruthRows, width: number, reading: Reading): boolean {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < rows.length; row++) {
    const x = rows.xOf(row, reading);
    [low, high] = [Math.min(low, x), Math.max(high, x)];
  }
  return high - low >= LEAST_SPREAD * width;
}

function expectedOf(column: "frame" | "x" | "y", { firstFrame }: TruthColumns, stack: TruthStack): string {
  if (column === "frame") return `a frame from ${firstFrame} to ${stack.frames - 1 + firstFrame}`;
  const side = column === "x" ? stack.width : stack.height;
  return `a position within the frame of ${side} pixels, or so near that its density reaches it`;
}

function adviceOf(column: "frame" | "x" | "y", columns: TruthColumns, value: number): string {
  if (column === "frame") {
    return `The table was read as ${readingInWords(columns)}. Name another format with --truth-format.`;
  }
  const { unit, pixelSize } = columns;
  if (unit !== "px") return `A pixel has ${Number(pixelSize!.toPrecision(9))} nm: check --pixel-size.`;
  const likeNm = pixelSize === undefined && value > 1_000;
  return `Positions are in pixels.${likeNm ? " If they are in nm, say --unit nm --pixel-size NM." : ""}`;
}

function fittingInWords(alternative: Alternative | undefined): string {
  return alternative ? `The table fits with ${alternative.words}: say ${alternative.options}.` : "";
}
