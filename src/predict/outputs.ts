import { join, resolve } from "node:path";
import { AtomicFile } from "../base/atomic-file.js";
import { csvCell } from "../base/csv-cell.js";
import { InputError } from "../base/errors.js";
import { OutputPlace, textKind } from "../base/output-place.js";
import type { FramePosition, StackInfo } from "../frames/frame.js";
import { hasPositions, positionOf } from "../frames/frame-position.js";
import { NPY, NpyWriter } from "../frames/npy-writer.js";
import { resultName } from "../frames/open-stack.js";
import { createStackWriter, type StackWriter, TIF_STACK } from "../frames/stack-writer.js";
import { claimZarr, ZarrWriter } from "../frames/zarr-writer.js";
import { type Shard, shardName } from "./frame-range.js";
import type { CountedFrame } from "./stack.js";

/** How density maps are written, and the endings: for ImageJ, for NumPy, for viewers of large images. */
const ENDINGS = { tif: ".tif", npy: ".npy", "ome-zarr": ".ome.zarr" } as const;
export type DensityKind = keyof typeof ENDINGS;
export const DENSITY_KINDS = Object.keys(ENDINGS) as DensityKind[];

/** Where the results of one stack are written. */
export interface OutputPaths {
  density: string;
  counts: string;
}

/**
 * The paths NAME.density.tif (or .npy, .ome.zarr) and NAME.counts.csv for each input.
 * They are in `folder`, or beside the input. Those of a shard have it in their names.
 * @throws InputError INPUT_OPTION when two inputs would write the same files, or a result would
 * replace an input
 */
export function outputPaths(
  inputs: readonly string[],
  folder: string | undefined,
  kind: DensityKind = "tif",
  shard?: Shard,
): Map<string, OutputPaths> {
  const paths = new Map<string, OutputPaths>();
  const owners = new Map<string, string>();
  for (const input of inputs) {
    const name = resultName(input);
    const stem = join(folder ?? name.folder, shard ? `${name.stem}.${shardName(shard)}` : name.stem);
    const owner = owners.get(resolve(stem));
    if (owner !== undefined) {
      throw new InputError("INPUT_OPTION", {
        subject: `${owner} and ${input}`,
        expected: "inputs whose results have different names",
        found: `${stem}.counts.csv for both`,
        advice: "Count them one after the other, each with its own -o folder.",
      });
    }
    owners.set(resolve(stem), input);
    paths.set(input, { density: `${stem}.density${ENDINGS[kind]}`, counts: `${stem}.counts.csv` });
  }
  refuseOverwriting(paths);
  return paths;
}

/**
 * Refuses inputs that results would replace.
 * `predict *.tif` in a folder with earlier results names these results as inputs, too.
 * @throws InputError INPUT_OPTION
 */
function refuseOverwriting(paths: ReadonlyMap<string, OutputPaths>): void {
  const inputs = new Map([...paths.keys()].map((input) => [resolve(input), input]));
  for (const [input, { density, counts }] of paths) {
    const lost = inputs.get(resolve(density)) ?? inputs.get(resolve(counts));
    if (lost === undefined) continue;
    throw new InputError("INPUT_OPTION", {
      subject: lost,
      expected: "inputs that no result replaces",
      found: `the place of ${input}'s result`,
      advice: "Leave it out if it is an earlier result, or give another folder with -o.",
    });
  }
}

/** Columns of the table of counts. */
const COLUMNS = [
  "frame",
  "count",
  "max_local_count",
  "count_error",
  "max_local_count_error",
  "away_from_spots",
  "unlike_training",
] as const;
/** Columns behind them, where a frame's number does not say its place. */
const POSITION_COLUMNS = ["channel", "slice", "time"] as const;

/** Tables of counts, of earlier versions too. */
export const COUNTS = textKind("a table of counts", COLUMNS.slice(0, 3).join(","));

/** The first line of a table of counts. @param placed with the columns of a frame's place */
export function countsHead(placed: boolean): string {
  return `${(placed ? [...COLUMNS, ...POSITION_COLUMNS] : COLUMNS).join(",")}\n`;
}

/** A frame's line of the table. Frames are numbered from 1. */
export function countsRow(
  { index, count, maxLocalCount, certainty }: CountedFrame,
  position?: FramePosition,
): string {
  const { countError, maxLocalCountError, away, unlike = "" } = certainty ?? {};
  const row: (string | number | undefined)[] = [
    ...[index + 1, count, maxLocalCount, countError, maxLocalCountError, away, unlike],
    ...(position ? POSITION_COLUMNS.map((column) => position[column]) : []),
  ];
  return `${row.map(csvCell).join(",")}\n`;
}

/** Maps being written. */
export type DensityWriter = StackWriter | NpyWriter | ZarrWriter;

/**
 * The density stack and the table of counts of one input.
 * Both appear whole at {@link finish}, or neither does.
 */
export class StackResults {
  private constructor(
    private readonly density: DensityWriter,
    private readonly counts: AtomicFile,
    private readonly info: StackInfo,
    private readonly placed: boolean,
  ) {}

  /**
   * @param force whether earlier results may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(
    paths: OutputPaths,
    info: StackInfo,
    frames: number,
    force = false,
  ): Promise<StackResults> {
    const density = await densityWriter(paths.density, info, frames, force);
    let counts: AtomicFile | undefined;
    try {
      counts = await AtomicFile.create(paths.counts, undefined, { kind: COUNTS, force });
      const placed = hasPositions(info);
      await counts.write(countsHead(placed));
      return new StackResults(density, counts, info, placed);
    } catch (error) {
      await Promise.allSettled([density.abort(), counts?.abort()]);
      throw error;
    }
  }

  /**
   * Appends a frame's map and its row. Frames are numbered from 1.
   * @throws InputError OUTPUT_WRITE
   */
  async add(frame: CountedFrame): Promise<void> {
    if (!frame.density) throw new RangeError("a frame without its density map");
    await this.addMap(frame.density);
    await this.addRow(countsRow(frame, this.placed ? positionOf(this.info, frame.index) : undefined));
  }

  /** Appends a frame's map alone. @throws InputError OUTPUT_WRITE */
  addMap(map: Float32Array): Promise<void> {
    return this.density.write(map);
  }

  /** Appends a row alone, as {@link countsRow} writes it. @throws InputError OUTPUT_WRITE */
  addRow(row: string): Promise<void> {
    return this.counts.write(row);
  }

  /**
   * Puts both files in place.
   * @throws InputError OUTPUT_WRITE
   */
  async finish(): Promise<void> {
    try {
      // A full disk shows here, before the first of the two files is in its place.
      await this.counts.flush();
      await this.density.finish();
      await this.counts.commit();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    await Promise.allSettled([this.density.abort(), this.counts.abort()]);
  }
}

/**
 * Looks at a density stack's place before there is a frame to write.
 * @throws InputError OUTPUT_EXISTS, OUTPUT_WRITE
 */
export async function claimDensity(path: string, force: boolean): Promise<void> {
  const kind = densityKind(path);
  if (kind === "ome-zarr") await claimZarr(path, force);
  else await OutputPlace.claim(path, { kind: kind === "npy" ? NPY : TIF_STACK, force });
}

function densityKind(path: string): DensityKind {
  return DENSITY_KINDS.find((kind) => path.endsWith(ENDINGS[kind]))!;
}

/** @param frames how many there will be; undefined where only the end will tell */
export function densityWriter(
  path: string,
  info: StackInfo,
  frames: number | undefined,
  force: boolean,
): Promise<DensityWriter> {
  const { width, height, calibration, layout, positions } = info;
  const kind = densityKind(path);
  if (kind === "npy") return NpyWriter.create(path, [frames, height, width], force);
  const whole = frames === info.frames;
  const options = {
    ...{ width, height, frames, calibration, force },
    ...(whole && layout && { layout }),
    ...(whole && layout && positions && { positions }),
  };
  return kind === "ome-zarr" ? ZarrWriter.create(path, options) : createStackWriter(path, options);
}
