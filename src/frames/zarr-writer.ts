import { readFileSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { AtomicFolder, type FolderRule, writeFiles } from "../base/atomic-folder.js";
import { DiskWatch } from "../base/disk-space.js";
import { InputError, notWritable } from "../base/errors.js";
import { ownEntries } from "../base/folder-paths.js";
import { isRecord } from "../base/is-record.js";
import { syncFolder } from "../base/sync-folder.js";
import type { FramePosition, StackInfo } from "./frame.js";
import { imageJIndex } from "./frame-position.js";
import { bytesOf } from "./npy.js";
import { zarrMultiscale } from "./zarr-image.js";

/** What is known of maps before the first is written. */
export interface ZarrWriterOptions extends Pick<StackInfo, "width" | "height" | "calibration"> {
  /** Number of maps that will be written; left out where only the end will tell. */
  frames?: number | undefined;
  /** The arrangement of the maps; time points where left out. */
  layout?: StackInfo["layout"];
  /** The place of each map in the arrangement, where they do not come in ImageJ's order. */
  positions?: readonly FramePosition[] | undefined;
  /** Whether an earlier store of maps may be replaced; false where left out. */
  force?: boolean | undefined;
}

/**
 * Files written at a time. While some are flushed to the disk, others are filled.
 * It bounds the memory: each holds a map.
 */
const FILES_UNDER_WAY = 8;
/** Maps are mostly zeros: the fastest level makes them small, others hardly smaller. */
const GZIP_LEVEL = 1;
/** The array inside the image's group. */
const ARRAY = "0";
/** Under this name the group's attributes say that the store is one of maps, which may be replaced. */
const MARK = "defcon-fiji";
const CONTENT = "density maps";

/**
 * The kind of stores that {@link ZarrWriter} writes, and replaces with `force`.
 * A recording in OME-Zarr looks the same but for the mark, so it is never replaced.
 */
function storeOfMaps(force: boolean): FolderRule {
  return {
    title: "an OME-Zarr image of density maps",
    isOne: (paths, folder) =>
      ownEntries(paths).toSorted().join() === `${ARRAY},zarr.json` && isMarked(join(folder, "zarr.json")),
    force,
  };
}

function isMarked(path: string): boolean {
  try {
    const { attributes } = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(attributes) && isRecord(attributes[MARK]) && attributes[MARK].content === CONTENT;
  } catch {
    return false;
  }
}

/**
 * Looks at a store's place before there is a map to write.
 * @throws InputError OUTPUT_EXISTS, OUTPUT_WRITE
 */
export function claimZarr(path: string, force: boolean): Promise<void> {
  return AtomicFolder.claim(path, storeOfMaps(force));
}

/**
 * Writes float32 maps as an image of OME-Zarr 0.5 (Zarr 3), a chunk and a file for each map,
 * packed by gzip.
 * Several files are written at a time. The folder appears whole or not at all.
 */
export class ZarrWriter {
  private written = 0;
  private readonly underWay = new Set<Promise<void>>();
  private failed: { error: unknown } | undefined;
  private readonly disk: DiskWatch;

  private constructor(
    private readonly folder: AtomicFolder,
    private readonly options: ZarrWriterOptions,
  ) {
    this.disk = new DiskWatch(folder.temporaryPath);
  }

  /** @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS */
  static async create(path: string, options: ZarrWriterOptions): Promise<ZarrWriter> {
    return new ZarrWriter(await AtomicFolder.create(path, storeOfMaps(options.force ?? false)), options);
  }

  /**
   * Appends a map (H,W), which is not to be changed any more.
   * It waits while {@link FILES_UNDER_WAY} maps are being written.
   * @throws InputError INPUT_SIZE; OUTPUT_WRITE and OUTPUT_SPACE, also for a map before this one
   */
  async write(map: Float32Array): Promise<void> {
    const { width, height, frames } = this.options;
    if (map.length !== width * height || this.written === frames) {
      throw this.mismatch(this.written === frames ? "one more" : `${map.length} values`);
    }
    const file = this.writeChunk(this.chunkOf(this.written++), bytesOf(map)).catch((error: unknown) => {
      this.failed ??= { error };
    });
    this.underWay.add(file);
    file.then(() => this.underWay.delete(file));
    if (this.underWay.size >= FILES_UNDER_WAY) await Promise.race(this.underWay);
    this.throwIfFailed();
  }

  /**
   * Writes the descriptions and puts the folder in its place.
   * @throws InputError INPUT_SIZE where maps are missing, OUTPUT_WRITE, OUTPUT_EXISTS
   */
  async finish(): Promise<void> {
    try {
      await Promise.all(this.underWay);
      this.throwIfFailed();
      if (this.written < (this.options.frames ?? 1)) throw this.mismatch(`${this.written} maps`);
      const root = this.folder.temporaryPath;
      await syncFolder(join(root, ARRAY, "c"));
      await writeFiles(root, this.descriptions());
    } catch (error) {
      await this.abort();
      throw error instanceof InputError ? error : notWritable(this.folder.path, error);
    }
    await this.folder.commit();
  }

  /** Removes the unfinished folder. */
  async abort(): Promise<void> {
    await Promise.all(this.underWay);
    await this.folder.abort();
  }

  private throwIfFailed(): void {
    if (!this.failed) return;
    const { error } = this.failed;
    throw error instanceof InputError ? error : notWritable(this.folder.path, error);
  }

  /** The path of a map's chunk inside the array. @param index from 0, in the order of writing */
  private chunkOf(index: number): string {
    const { layout, positions } = this.options;
    const place = layout && positions ? imageJIndex(positions[index]!, layout) : index;
    const { channels = 1, slices = 1 } = layout ?? {};
    const places = {
      t: Math.floor(place / (channels * slices)),
      c: place % channels,
      z: Math.floor(place / channels) % slices,
    };
    return ["c", ...this.frameAxes.map(({ name }) => places[name]), 0, 0].join("/");
  }

  private async writeChunk(chunk: string, bytes: Uint8Array): Promise<void> {
    const packed = await promisify(gzip)(bytes, { level: GZIP_LEVEL });
    this.disk.grow(packed.length);
    const path = join(this.folder.temporaryPath, ARRAY, ...chunk.split("/"));
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, "wx");
    try {
      await handle.writeFile(packed);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** The axes that maps are numbered by, in OME-Zarr's order; a time axis without size grows. */
  private get frameAxes(): { name: "t" | "c" | "z"; size?: number }[] {
    const { layout } = this.options;
    if (!layout) return [{ name: "t" }];
    const axes = [
      { name: "t", size: layout.timePoints },
      { name: "c", size: layout.channels },
      { name: "z", size: layout.slices },
    ] as const;
    const several = axes.filter(({ size }) => size > 1);
    return several.length > 0 ? several : [axes[0]];
  }

  private descriptions(): Map<string, Uint8Array> {
    const { width, height, calibration } = this.options;
    const frameAxes = this.frameAxes.map(({ name, size = this.written }) => ({ name, size }));
    const names = [...frameAxes.map(({ name }) => name), "y", "x"];
    const group = {
      ...{ zarr_format: 3, node_type: "group" },
      attributes: {
        ome: { version: "0.5", multiscales: [zarrMultiscale(ARRAY, names, calibration)] },
        [MARK]: { content: CONTENT },
      },
    };
    const array = {
      ...{ zarr_format: 3, node_type: "array" },
      shape: [...frameAxes.map(({ size }) => size), height, width],
      data_type: "float32",
      chunk_grid: {
        name: "regular",
        configuration: { chunk_shape: [...frameAxes.map(() => 1), height, width] },
      },
      chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
      fill_value: 0,
      codecs: [
        { name: "bytes", configuration: { endian: "little" } },
        { name: "gzip", configuration: { level: GZIP_LEVEL } },
      ],
      attributes: {},
      dimension_names: names,
    };
    return new Map([
      [`${ARRAY}/zarr.json`, json(array)],
      ["zarr.json", json(group)],
    ]);
  }

  private mismatch(found: string): InputError {
    return new InputError("INPUT_SIZE", {
      subject: this.folder.path,
      expected: `${this.options.frames ?? "some"} maps of ${this.options.width * this.options.height} values`,
      found,
    });
  }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
