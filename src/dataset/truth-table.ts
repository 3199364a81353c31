import { InputError } from "../base/errors.js";
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
  /** Emitters are kept when their brightness is above; without such a column all are. */
  threshold: number;
  /** Standard deviation of the density maps, pixels: an emitter whose density reaches no pixel is an error. */
  sigma: number;
  /** Side of a pixel, nm; needed where positions are in nm. */
  pixelSize?: number;
  /** Undefined: told by the columns. */
  format?: TruthFormatName;
  signal?: AbortSignal;
}

/** Where the emitters of each frame are. */
export interface GroundTruth {
  /** @param index from 0 */
  emitters(index: number): Emitters;
  kept: number;
  /** Rows that were too dim. */
  dropped: number;
  /** In what format the table was read, in words. */
  format: string;
}

/**
 * Reads a table of emitters, in any order of frames; what is kept takes 20 bytes a row.
 * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION; DatasetError DATASET_TRUTH with the line and the column
 */
export async function readTruth(
  path: string,
  stack: TruthStack,
  options: TruthOptions,
): Promise<GroundTruth> {
  const rows = new EmitterRows();
  let [columns, dropped]: [TruthColumns | undefined, number] = [undefined, 0];
  let scale = 1;
  await readCsv(
    path,
    {
      head(names) {
        columns = findColumns(path, names, options.format);
        scale = pixelsPerUnit(path, columns, options.pixelSize);
      },
      row(row) {
        const frame = frameIndex(row, columns!, stack);
        const shift = 0.5 - columns!.format.firstCentre;
        const x = position(row, columns!.x, scale, shift, stack.width, options);
        const y = position(row, columns!.y, scale, shift, stack.height, options);
        const { brightness } = columns!;
        if (brightness === undefined || row.number(brightness) > options.threshold) rows.add(frame, x, y);
        else dropped++;
      },
    },
    options.signal,
  );
  const emitters = rows.byFrame(stack.frames);
  return { emitters, kept: rows.length, dropped, format: columns!.format.title };
}

/** @throws InputError INPUT_OPTION when a pixel size is missing, or of no use */
function pixelsPerUnit(path: string, { nanometres }: TruthColumns, pixelSize: number | undefined): number {
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
    `The table was read as ${format.title}; --truth-format says it otherwise.`,
  );
}

function position(
  row: CsvRow,
  column: number,
  scale: number,
  shift: number,
  side: number,
  { sigma, pixelSize }: TruthOptions,
): number {
  const value = row.number(column) * scale + shift;
  const reach = densityReach(sigma);
  if (value >= -reach && value <= side + reach) return value;
  throw row.wrong(
    column,
    `a position within the frame of ${side} pixels, or so near that its density reaches it`,
    pixelSize === undefined ? "Positions are in pixels." : `A pixel has ${pixelSize} nm: check --pixel-size.`,
  );
}

/** Rows in memory, which grows by doubling. */
class EmitterRows {
  length = 0;
  private frame = new Int32Array(1_024);
  private x = new Float64Array(1_024);
  private y = new Float64Array(1_024);

  add(frame: number, x: number, y: number): void {
    if (this.length === this.frame.length) this.grow();
    this.frame[this.length] = frame;
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length++;
  }

  /** The emitters of each frame, after putting the rows in the order of frames (counting sort). */
  byFrame(frames: number): (index: number) => Emitters {
    const end = new Uint32Array(frames + 1);
    for (let i = 0; i < this.length; i++) end[this.frame[i]! + 1]!++;
    for (let frame = 0; frame < frames; frame++) end[frame + 1]! += end[frame]!;
    const next = end.slice();
    const [x, y] = [new Float64Array(this.length), new Float64Array(this.length)];
    for (let i = 0; i < this.length; i++) {
      const to = next[this.frame[i]!]!++;
      x[to] = this.x[i]!;
      y[to] = this.y[i]!;
    }
    return (index) => {
      const [from, to] = [end[index]!, end[index + 1]!];
      return { x: x.subarray(from, to), y: y.subarray(from, to) };
    };
  }

  private grow(): void {
    const [frame, x, y] = [this.frame, this.x, this.y];
    this.frame = new Int32Array(2 * frame.length);
    this.x = new Float64Array(2 * x.length);
    this.y = new Float64Array(2 * y.length);
    this.frame.set(frame);
    this.x.set(x);
    this.y.set(y);
  }
}
