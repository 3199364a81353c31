import { AtomicFile } from "../base/atomic-file.js";
import { InputError } from "../base/errors.js";
import { bytesOf, npyHeader } from "./npy.js";

/** Writes float32 maps as one NumPy array (N, H, W), which appears whole or not at all. */
export class NpyWriter {
  private written = 0;

  private constructor(
    private readonly file: AtomicFile,
    private readonly frames: number,
    private readonly size: number,
  ) {}

  /** @throws InputError OUTPUT_WRITE */
  static async create(path: string, shape: readonly [frames: number, height: number, width: number]) {
    const file = await AtomicFile.create(path);
    try {
      await file.write(npyHeader(shape));
    } catch (error) {
      await file.abort();
      throw error;
    }
    return new NpyWriter(file, shape[0], shape[1] * shape[2]);
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
    if (this.written < this.frames) throw this.mismatch(`${this.written} maps`);
    await this.file.commit();
  }

  /** Removes the unfinished file. */
  abort(): Promise<void> {
    return this.file.abort();
  }

  private mismatch(found: string): InputError {
    return new InputError("INPUT_SIZE", {
      subject: this.file.path,
      expected: `${this.frames} maps of ${this.size} values`,
      found,
    });
  }
}
