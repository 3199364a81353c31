import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { notWritable } from "./errors.js";
import { temporaryPath } from "./left-overs.js";
import { readWhole, writeWhole } from "./whole-transfer.js";

/**
 * A file for what may be larger than the memory, for as long as some work takes.
 * Where the system allows it the file has no name, so that nothing is left when the program is
 * killed.
 */
export class ScratchFile {
  private constructor(
    private readonly file: number,
    private readonly path: string,
  ) {}

  /** @param purpose part of its name @throws InputError OUTPUT_WRITE */
  static create(folder: string, purpose: string): ScratchFile {
    const path = temporaryPath(join(folder, purpose), "partial");
    try {
      mkdirSync(folder, { recursive: true });
      const file = openSync(path, "wx+");
      // Windows cannot remove the name of an open file.
      if (process.platform !== "win32") rmSync(path);
      return new ScratchFile(file, path);
    } catch (cause) {
      throw notWritable(path, cause);
    }
  }

  /** Writes all values of an array. @param position in bytes @throws InputError OUTPUT_WRITE */
  write(values: Float32Array | Float64Array, position: number): void {
    try {
      if (!writeWhole(this.file, bytesOf(values), position)) throw new Error("the system wrote nothing");
    } catch (cause) {
      throw notWritable(this.path, cause);
    }
  }

  /** Fills an array with what was written. @param position in bytes */
  read(values: Float32Array | Float64Array, position: number): void {
    if (!readWhole(this.file, bytesOf(values), position))
      throw new RangeError(`not as much was written at ${position}`);
  }

  close(): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }
}

function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
