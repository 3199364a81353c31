import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/base/home.js";
import type { Ending } from "./temporary.js";

/** One write of the program that made a recording. Null data set the file's length to `at`. */
export interface Write {
  file: string;
  at: number;
  data: string | null;
}

/** All writes of a recording, as scripts/oracle/follow_fixtures.py notes them. */
export interface Journal {
  height: number;
  width: number;
  /** Each frame's uint16 pixels, base64. */
  pixels: string[];
  frames: Write[][];
  end: Write[];
}

export const JOURNALS = [
  "classic",
  "bigtiff",
  "deflate",
  "imagej",
  "images",
  "ndtiff",
  "zarr04",
  "zarr05",
] as const;
export type JournalName = (typeof JOURNALS)[number];

const pathOf = (name: JournalName) => join(packageRoot, "test", "data", "follow", `${name}.json`);

/** The frames of a recording. */
export function journalFrames(name: JournalName): Uint16Array[] {
  const { pixels } = JSON.parse(readFileSync(pathOf(name), "utf8")) as Journal;
  return pixels.map((text) => new Uint16Array(Uint8Array.from(Buffer.from(text, "base64")).buffer));
}

/** A recording that another process makes, one half of a write at a time. */
export class Recorder {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  /** Whether the last write is made. */
  ended = false;

  constructor(context: Ending, name: JournalName, folder: string) {
    const program = fileURLToPath(new URL("./recording-writer.js", import.meta.url));
    this.child = spawn(process.execPath, [program, pathOf(name), folder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    context.after(() => void this.child.kill());
  }

  /** Makes the next half of a write. @returns frames whose writes are all made */
  async step(): Promise<number> {
    this.child.stdin!.write("\n");
    const { value } = await this.answers.next();
    this.ended = value === "end";
    return this.ended ? Number.POSITIVE_INFINITY : Number(value);
  }

  /** Goes on until so many frames are written. */
  async writeFrames(frames: number): Promise<void> {
    while ((await this.step()) < frames && !this.ended);
  }
}
