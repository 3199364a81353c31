import { InputError } from "../base/errors.js";
import { counts } from "../simulate/rule-of-truth.js";
import { type CsvRow, readCsv } from "./csv-table.js";
import { densityReach, type Emitters } from "./density.js";
import { findColumns, type TruthColumns, type TruthFormatName } from "./truth-formats.js";

/** The stack that a table belongs to. */
export interface TruthStack {
  frames: number;
  height: number;
  width: number;
}

export interface TruthOptions {
  /** Emitters above this brightness are kept; without such a column, all are. */
  threshold: number;
  /**
   * Emitters of at least this signal-to-noise ratio are kept, under a matched filter.
   * It is in the column `snr` of simulations' tables. Left out: that column is ignored.
   */
  leastSnr?: number;
  /**
   * Standard deviation of the density maps, pixels.
   * An emitter whose density reaches no pixel is an error.
   */
  sigma: number;
  /** Side of a pixel as the user gave it, nm; needed where positions are in nm. */
  pixelSize?: number;
  /**
   * Side of a pixel from another source, nm.
   * It is used where positions are in nm and `pixelSize` is missing.
   */
  knownPixelSize?: number;
  /**
   * Keep brightness and background of each emitter too, if the table has them: 8 bytes a row each.
   */
  light?: boolean;
  /** Undefined: told by the columns. */
  format?: TruthFormatName;
  signal?: AbortSignal;
}

/** Emitters of one frame in a table; light only if it was asked for and the table has it. */
export interface TruthEmitters extends Emitters {
  /** Photons of the emitter in that frame. */
  brightness?: ArrayLike<number>;
  /** Background at the emitter, photons per pixel. */
  background?: ArrayLike<number>;
}

/** The emitters of each frame. */
export interface GroundTruth {
  /** @param index from 0 */
  emitters(index: number): TruthEmitters;
  kept: number;
  /** Rows that were too dim to be kept. */
  dropped: number;
  /** The format in which the table was read, in words. */
  format: string;
}

/**
 * Reads a table of emitters, with frames in any order. It keeps 20 bytes a row, without light.
 * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION; DatasetError DATASET_TRUTH with the line and
 * the column
 */
export async function readTruth(
  path: string,
  stack: TruthStack,
  options: TruthOptions,
): Promise<GroundTruth> {
  let rows = new EmitterRows([]);
  let [columns, dropped]: [TruthColumns | undefined, number] = [undefined, 0];
  let scale = 1;
  await readCsv(
    path,
    {
      head(names) {
        columns = findColumns(path, names, options.format);
        scale = pixelsPerUnit(path, columns, options);
        rows = new EmitterRows(options.light ? LIGHT.filter((name) => columns![name] !== undefined) : []);
      },
      row(row) {
        const frame = frameIndex(row, columns!, stack);
        const shift = 0.5 - columns!.format.firstCentre;
        const x = position(row, columns!.x, scale, shift, stack.width, options);
        const y = position(row, columns!.y, scale, shift, stack.height, options);
        const numberAt = (column: number | undefined) =>
          column === undefined ? undefined : row.number(column);
        const { brightness, snr } = columns!;
        const { threshold, leastSnr } = options;
        const ratio = leastSnr === undefined ? undefined : numberAt(snr);
        if (counts({ threshold, leastSnr: leastSnr ?? 0 }, numberAt(brightness), ratio)) {
          rows.add(frame, x, y, (name) => row.number(columns![name]!));
        } else dropped++;
      },
    },
    options.signal,
  );
  const emitters = rows.byFrame(stack.frames);
  return { emitters, kept: rows.length, dropped, format: columns!.format.title };
}

/** @throws InputError INPUT_OPTION where a pixel size is missing, or given without use */
function pixelsPerUnit(
  path: string,
  { nanometres }: TruthColumns,
  { pixelSize: said, knownPixelSize }: TruthOptions,
): number {
  const pixelSize = said ?? (nanometres ? knownPixelSize : undefined);
  if (nanometres === (pixelSize !== undefined)) return pixelSize === undefined ? 1 : 1 / pixelSize;
  throw new InputError("INPUT_OPTION", {
    subject: path,
    expected: nanometres
      ? "the pixel size, as positions are in nm"
      : "positions in nm, as a pixel size is given",
    found: nanometres ? "none" : "positions in pixels",
    advice: nanometres ? "Say it with --pixel-size NM." : "Leave --pixel-size out.",
  });
}

function frameIndex(row: CsvRow, { frame, format }: TruthColumns, { frames }: TruthStack): number {
  const index = row.number(frame) - format.firstFrame;
  if (Number.isInteger(index) && index >= 0 && index < frames) return index;
  const last = frames - 1 + format.firstFrame;
  throw row.wrong(
    frame,
    `a frame from ${format.firstFrame} to ${last}`,
    `The table was read as ${format.title}; Name another format with --truth-format.`,
  );
}

function position(
  row: CsvRow,
  column: number,
  scale: number,
  shift: number,
  side: number,
  { sigma }: TruthOptions,
): number {
  const value = row.number(column) * scale + shift;
  const reach = densityReach(sigma);
  if (value >= -reach && value <= side + reach) return value;
  throw row.wrong(
    column,
    `a position within the frame of ${side} pixels, or so near that its density reaches it`,
    scale === 1
      ? "Positions are in pixels."
      : `A pixel has ${Number((1 / scale).toPrecision(9))} nm: check --pixel-size.`,
  );
}

const LIGHT = ["brightness", "background"] as const;
type Light = (typeof LIGHT)[number];

/** Rows in memory, which grows by doubling. */
class EmitterRows {
  length = 0;
  private frame = new Int32Array(1_024);
  /** x, y and the other values that are kept. */
  private columns: Float64Array[];

  constructor(private readonly light: readonly Light[]) {
    this.columns = Array.from({ length: 2 + light.length }, () => new Float64Array(1_024));
  }

  add(frame: number, x: number, y: number, lightOf: (name: Light) => number): void {
    if (this.length === this.frame.length) this.grow();
    this.frame[this.length] = frame;
    this.columns[0]![this.length] = x;
    this.columns[1]![this.length] = y;
    for (const [i, name] of this.light.entries()) this.columns[2 + i]![this.length] = lightOf(name);
    this.length++;
  }

  /** The emitters of each frame, after sorting the rows by frame (counting sort). */
  byFrame(frames: number): (index: number) => TruthEmitters {
    const end = new Uint32Array(frames + 1);
    for (let i = 0; i < this.length; i++) end[this.frame[i]! + 1]!++;
    for (let frame = 0; frame < frames; frame++) end[frame + 1]! += end[frame]!;
    const next = end.slice();
    const sorted = this.columns.map(() => new Float64Array(this.length));
    for (let i = 0; i < this.length; i++) {
      const to = next[this.frame[i]!]!++;
      for (const [column, values] of sorted.entries()) values[to] = this.columns[column]![i]!;
    }
    return (index) => {
      const [x, y, ...light] = sorted.map((values) => values.subarray(end[index]!, end[index + 1]!));
      return { x: x!, y: y!, ...Object.fromEntries(this.light.map((name, i) => [name, light[i]!])) };
    };
  }

  private grow(): void {
    const longer = <T extends Int32Array | Float64Array>(fresh: T, values: T): T => {
      fresh.set(values);
      return fresh;
    };
    const length = 2 * this.frame.length;
    this.frame = longer(new Int32Array(length), this.frame);
    this.columns = this.columns.map((values) => longer(new Float64Array(length), values));
  }
}
