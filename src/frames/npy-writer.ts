import { AtomicFile } from "../base/atomic-file.js";
import { InputError } from "../base/errors.js";
import { contentKind } from "../base/output-place.js";
import { bytesOf, npyHeader } from "./npy.js";

/** The kind of files that {@link NpyWriter} writes. */
export const NPY = contentKind("a NumPy array", "a NumPy array");

/** Writes float32 maps as one NumPy array (N, H, W), which appears whole or not at all. */
export class NpyWriter {
  private written = 0;

  private constructor(
    private readonly file: AtomicFile,
    private readonly frames: number | undefined,
    private readonly height: number,
    private readonly width: number,
  ) {}

  private get size(): number {
    return this.height * this.width;
  }

  /**
   * @param shape without the number of frames where only the end will tell
   * @param force whether an earlier NumPy array may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(
    path: string,
    [frames, height, width]: readonly [frames: number | undefined, height: number, width: number],
    force = false,
  ) {
    const file = await AtomicFile.create(path, undefined, { kind: NPY, force });
    try {
      const shape = [frames ?? MOST_FRAMES, height, width];
      await file.write(npyHeader(shape));
    } catch (error) {
      await file.abort();
      throw error;
    }
    return new NpyWriter(file, frames, height, width);
  }

  /** Appends a map. @throws InputError INPUT_SIZE, OUTPUT_WRITE */
  async write(map: Float32Array): Promise<void> {
    if (map.length !== this.size || this.written === this.frames) {
      throw this.mismatch(this.written === this.frames ? "one more" : `${map.length} values`);
    }
    await this.file.write(bytesOf(map));
    this.written++;
  }

  /**
   * Puts the file in its place. @throws InputError INPUT_SIZE where maps are missing, OUTPUT_WRITE
   */
  async finish(): Promise<void> {
    if (this.written < (this.frames ?? 1)) throw this.mismatch(`${this.written} maps`);
    if (this.frames === undefined) {
      const { length } = npyHeader([MOST_FRAMES, this.height, this.width]);
      await this.file.writeAt(npyHeader([this.written, this.height, this.width], length), 0);
    }
    await this.file.commit();
  }

  /** Removes the unfinished file. */
  abort(): Promise<void> {
    return this.file.abort();
  }

  private mismatch(found: string): InputError {
    return new InputError("INPUT_SIZE", {
      subject: this.file.path,
      expected: `${this.frames ?? "some"} maps of ${this.size} values`,
      found,
    });
  }
}

/** More frames than a recording has, whose number needs the most room in the header. */
const MOST_FRAMES = Number.MAX_SAFE_INTEGER;
