import type { DataType, Array as ZarrArray } from "zarrita";
import { InputError } from "../base/errors.js";
import type { PixelType } from "./frame.js";
import type { NumberArray } from "./nd-array.js";
import type { ChunkRead, LocalZarrStore } from "./zarr-store.js";

/** Most bytes of decoded chunks that are kept, for chunks with the pixels of several frames. */
const KEPT_BYTES = 268_435_456;

/** How numbers of an array are kept, and as what they are counted. */
export interface ZarrNumbers {
  array: new (length: number) => NumberArray;
  bytes: number;
  pixels: PixelType;
}

const NUMBERS: Record<string, ZarrNumbers> = {
  bool: { array: Uint8Array, bytes: 1, pixels: "uint8" },
  uint8: { array: Uint8Array, bytes: 1, pixels: "uint8" },
  int8: { array: Int8Array, bytes: 1, pixels: "float32" },
  uint16: { array: Uint16Array, bytes: 2, pixels: "uint16" },
  int16: { array: Int16Array, bytes: 2, pixels: "float32" },
  uint32: { array: Uint32Array, bytes: 4, pixels: "float32" },
  int32: { array: Int32Array, bytes: 4, pixels: "float32" },
  uint64: { array: BigUint64Array, bytes: 8, pixels: "float32" },
  int64: { array: BigInt64Array, bytes: 8, pixels: "float32" },
  float32: { array: Float32Array, bytes: 4, pixels: "float32" },
  float64: { array: Float64Array, bytes: 8, pixels: "float32" },
};

/** Which axes of an array are those of a frame. */
export interface FramePlaces {
  width: number;
  height: number;
  /** Places of the axes x and y. */
  x: number;
  y: number;
  /** Places of the axes that frames are numbered by, the one that changes fastest first. */
  frameAxes: readonly number[];
}

interface DecodedChunk {
  data: ArrayLike<number | bigint>;
  stride: readonly number[];
}

/** What is there of a frame that may still be written. */
export interface FrameProgress {
  /** Whether all its chunks are there. */
  complete: boolean;
  /** Changes whenever one of its files is written. */
  version: string;
  /** Why a chunk cannot be decoded: it is half written, or damaged. */
  trouble?: unknown;
}

/** Reads frames out of the chunks of an array. Chunks of several frames are kept for a while. */
export class ZarrFrames {
  private readonly kept = new Map<string, Promise<DecodedChunk | undefined>>();
  private readonly chunkValues: number;
  private readonly mostKept: number;

  constructor(
    private readonly source: string,
    private readonly array: ZarrArray<DataType, LocalZarrStore>,
    private readonly numbers: ZarrNumbers,
    private readonly places: FramePlaces,
  ) {
    const { chunks } = array;
    this.chunkValues = chunks.reduce((product, side) => product * side, 1);
    const several = chunks.some((side, axis) => side > 1 && axis !== places.x && axis !== places.y);
    this.mostKept = several ? Math.floor(KEPT_BYTES / (this.chunkValues * numbers.bytes)) : 0;
  }

  /** How numbers of a type are kept; undefined for types that are none. */
  static numbersOf(type: DataType): ZarrNumbers | undefined {
    return Object.hasOwn(NUMBERS, type) ? NUMBERS[type] : undefined;
  }

  /**
   * The values of a frame, row by row. @param index from 0
   * @param needsAll whether no chunk may be missing; otherwise one must be there
   * @throws InputError INPUT_TRUNCATED where no chunk of the frame is there, or one is missing that must
   * not be; Error for damaged ones
   */
  async read(index: number, needsAll = false): Promise<NumberArray> {
    const { width, height } = this.places;
    const { offsets } = this.placeOf(index);
    const values = new this.numbers.array(width * height);
    let [there, missing] = [false, false];
    for (const { coordinates, row, column, rows, columns } of this.parts(index)) {
      const chunk = await this.chunk(coordinates);
      there ||= chunk !== undefined;
      missing ||= chunk === undefined;
      const size = { rows, columns };
      this.copy(values, row * width + column, size, chunk ?? this.array.fillValue, offsets);
    }
    if (there && !(needsAll && missing)) return values;
    // Writers leave out chunks that are empty throughout. A whole frame of them is a frame not written.
    throw new InputError("INPUT_TRUNCATED", {
      subject: `${this.source}, frame ${index + 1}`,
      expected: "its chunks",
      found: there ? "one of them missing in the folder" : "none of them in the folder",
      advice: "The recording is cut off or still being written; copy it again.",
    });
  }

  /** Looks what is there of a frame. @param index from 0 */
  async progress(index: number): Promise<FrameProgress> {
    const versions: (string | undefined)[] = [];
    let complete = true;
    for (const { coordinates } of this.parts(index)) {
      const read: ChunkRead = {};
      try {
        const chunk = await this.decode(coordinates, read);
        complete &&= chunk !== undefined;
      } catch (trouble) {
        return { complete: false, version: [...versions, read.version].join(), trouble };
      }
      versions.push(read.version);
    }
    return { complete, version: versions.join() };
  }

  /** Whether a file with a chunk of a frame is there. @param index from 0 */
  async hasBegun(index: number): Promise<boolean> {
    for (const { coordinates } of this.parts(index)) {
      const read: ChunkRead = { asks: true };
      await this.array.getChunk(coordinates, read);
      if (read.version !== undefined) return true;
    }
    return false;
  }

  /** The chunks of a frame, and the part of the frame that each has. */
  private *parts(index: number) {
    const { width, height, x, y } = this.places;
    const [chunkWidth, chunkHeight] = [this.array.chunks[x]!, this.array.chunks[y]!];
    const { coordinates } = this.placeOf(index);
    for (let row = 0; row < height; row += chunkHeight) {
      for (let column = 0; column < width; column += chunkWidth) {
        coordinates[y] = row / chunkHeight;
        coordinates[x] = column / chunkWidth;
        const rows = Math.min(chunkHeight, height - row);
        const columns = Math.min(chunkWidth, width - column);
        yield { coordinates: [...coordinates], row, column, rows, columns };
      }
    }
  }

  /** The chunks of a frame, up to those along x and y, and where the frame lies inside them. */
  private placeOf(index: number): { coordinates: number[]; offsets: number[] } {
    const { shape, chunks } = this.array;
    const coordinates = new Array<number>(shape.length).fill(0);
    const offsets = new Array<number>(shape.length).fill(0);
    let rest = index;
    for (const axis of this.places.frameAxes) {
      const at = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      coordinates[axis] = Math.floor(at / chunks[axis]!);
      offsets[axis] = at % chunks[axis]!;
    }
    return { coordinates, offsets };
  }

  /** Puts a chunk's part of a frame, or the value that stands for a missing chunk, into the frame. */
  private copy(
    values: NumberArray,
    start: number,
    { rows, columns }: { rows: number; columns: number },
    from: DecodedChunk | unknown,
    offsets: readonly number[],
  ): void {
    const { width, x, y } = this.places;
    const target = values as { [at: number]: number | bigint };
    const chunk = isChunk(from) ? from : undefined;
    const fill = chunk ? 0 : this.fill(from);
    const [strideX, strideY] = [chunk?.stride[x] ?? 0, chunk?.stride[y] ?? 0];
    const base = offsets.reduce((sum, offset, axis) => sum + offset * (chunk?.stride[axis] ?? 0), 0);
    for (let row = 0; row < rows; row++) {
      let at = start + row * width;
      let source = base + row * strideY;
      for (let column = 0; column < columns; column++) {
        target[at++] = chunk ? chunk.data[source]! : fill;
        source += strideX;
      }
    }
  }

  private fill(value: unknown): number | bigint {
    const big = this.numbers.array === BigInt64Array || this.numbers.array === BigUint64Array;
    if (typeof value === "bigint" || (typeof value === "number" && !big)) return value;
    return big ? 0n : Number(value ?? 0);
  }

  private chunk(coordinates: number[]): Promise<DecodedChunk | undefined> {
    if (this.mostKept === 0) return this.decode(coordinates);
    const key = coordinates.join();
    const known = this.kept.get(key);
    const chunk = known ?? this.decode(coordinates);
    // The newest is last.
    this.kept.delete(key);
    this.kept.set(key, chunk);
    if (this.kept.size > this.mostKept) this.kept.delete(this.kept.keys().next().value!);
    if (!known) chunk.catch(() => this.kept.delete(key));
    return chunk;
  }

  /** Reads a chunk; undefined where it is not there. */
  private async decode(coordinates: number[], read: ChunkRead = {}): Promise<DecodedChunk | undefined> {
    const { data, stride } = await this.array.getChunk(coordinates, read);
    if (!read.found) return undefined;
    const values = data as unknown as ArrayLike<number | bigint> & { get?: (at: number) => unknown };
    if (values.length !== this.chunkValues) {
      throw new Error(`${values.length} values in the chunk (${coordinates}) of ${this.chunkValues}`);
    }
    if (ArrayBuffer.isView(data)) return { data: values, stride };
    // Booleans come in an array of their own kind.
    return { data: Uint8Array.from({ length: values.length }, (_, i) => (values.get?.(i) ? 1 : 0)), stride };
  }
}

function isChunk(value: unknown): value is DecodedChunk {
  return typeof value === "object" && value !== null && "stride" in value;
}
