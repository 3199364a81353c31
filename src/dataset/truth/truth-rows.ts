import type { Emitters } from "../density.js";

/** Emitters of one frame in a table; light only if it was asked for and the table has it. */
export interface TruthEmitters extends Emitters {
  /** Photons of the emitter in that frame. */
  brightness?: ArrayLike<number>;
  /** Background at the emitter, photons per pixel. */
  background?: ArrayLike<number>;
}

/** Further values of an emitter that may be kept. */
export const LIGHT = ["brightness", "background"] as const;
export type Light = (typeof LIGHT)[number];

/** How numbers of a table become frames and pixels. */
export interface Reading {
  /** Number of the first frame. */
  firstFrame: number;
  /** Pixels of a unit of the table. */
  scale: number;
  /** Added to positions in pixels, so that 0 is the corner of the first pixel. */
  shift: number;
  /** Whether x and y change places. */
  swapped: boolean;
}

const FIRST_LENGTH = 1_024;

/** Rows of a table in memory, as the table has them. The memory grows by doubling. */
export class TruthRows {
  length = 0;
  /** Line of each row, for messages. */
  private lines = new Uint32Array(FIRST_LENGTH);
  /** Whether each row is bright enough: 0 or 1. */
  private bright = new Uint8Array(FIRST_LENGTH);
  /** frame, x, y and the other values that are kept. */
  private columns: Float64Array[];

  constructor(private readonly light: readonly Light[]) {
    this.columns = Array.from({ length: 3 + light.length }, () => new Float64Array(FIRST_LENGTH));
  }

  add(
    line: number,
    [frame, x, y]: readonly [number, number, number],
    isBright: boolean,
    lightOf: (name: Light) => number,
  ): void {
    if (this.length === this.lines.length) this.grow();
    this.lines[this.length] = line;
    this.bright[this.length] = isBright ? 1 : 0;
    this.columns[0]![this.length] = frame;
    this.columns[1]![this.length] = x;
    this.columns[2]![this.length] = y;
    for (const [i, name] of this.light.entries()) this.columns[3 + i]![this.length] = lightOf(name);
    this.length++;
  }

  line(row: number): number {
    return this.lines[row]!;
  }

  isBright(row: number): boolean {
    return this.bright[row] === 1;
  }

  /** The values of a row as the table has them. */
  raw(row: number): Record<"frame" | "x" | "y", number> {
    const [frame, x, y] = this.columns;
    return { frame: frame![row]!, x: x![row]!, y: y![row]! };
  }

  /** The least number of a frame. */
  firstFrame(): number {
    let first = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.length; row++) first = Math.min(first, this.columns[0]![row]!);
    return first;
  }

  /** Index of a row's frame, from 0, under a reading. It may be no whole number. */
  frameOf(row: number, { firstFrame }: Reading): number {
    return this.columns[0]![row]! - firstFrame;
  }

  /** Position of a row under a reading, pixels from the corner of the first one. */
  xOf(row: number, { scale, shift, swapped }: Reading): number {
    return this.columns[swapped ? 2 : 1]![row]! * scale + shift;
  }

  yOf(row: number, { scale, shift, swapped }: Reading): number {
    return this.columns[swapped ? 1 : 2]![row]! * scale + shift;
  }

  /** The bright emitters of each frame, after sorting the rows by frame (counting sort). */
  byFrame(frames: number, reading: Reading): (index: number) => TruthEmitters {
    const end = new Uint32Array(frames + 1);
    let kept = 0;
    for (let row = 0; row < this.length; row++) {
      if (!this.isBright(row)) continue;
      end[this.frameOf(row, reading) + 1]!++;
      kept++;
    }
    for (let frame = 0; frame < frames; frame++) end[frame + 1]! += end[frame]!;
    const next = end.slice();
    const [x, y] = [new Float64Array(kept), new Float64Array(kept)];
    const light = this.light.map(() => new Float64Array(kept));
    for (let row = 0; row < this.length; row++) {
      if (!this.isBright(row)) continue;
      const to = next[this.frameOf(row, reading)]!++;
      x[to] = this.xOf(row, reading);
      y[to] = this.yOf(row, reading);
      for (const [i, values] of light.entries()) values[to] = this.columns[3 + i]![row]!;
    }
    return (index) => {
      const part = (values: Float64Array) => values.subarray(end[index]!, end[index + 1]!);
      return {
        x: part(x),
        y: part(y),
        ...Object.fromEntries(this.light.map((name, i) => [name, part(light[i]!)])),
      };
    };
  }

  private grow(): void {
    const length = 2 * this.lines.length;
    const longer = <T extends Float64Array | Uint32Array | Uint8Array>(fresh: T, values: T): T => {
      fresh.set(values);
      return fresh;
    };
    this.lines = longer(new Uint32Array(length), this.lines);
    this.bright = longer(new Uint8Array(length), this.bright);
    this.columns = this.columns.map((values) => longer(new Float64Array(length), values));
  }
}
