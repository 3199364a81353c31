import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError, notReadable } from "../../base/errors.js";
import type { PixelArray } from "../frame.js";
import { type StackReader, stackReader } from "../stack-reader.js";
import type { GrowingSource, Growth } from "./growing-source.js";
import { checkSame, GrowingTif } from "./growing-tif.js";

/** A folder into which a program writes a tif for each frame, in the order of their names. */
export class GrowingImages implements GrowingSource {
  private readonly names: string[] = [];
  private info: StackReader["info"] | undefined;

  /** @param channel which of several values a pixel is read, from 1 */
  constructor(
    readonly path: string,
    private readonly channel?: number,
  ) {}

  async look(): Promise<Growth> {
    const found = await imagesIn(this.path);
    const known = new Set(this.names);
    let rest: string | undefined;
    let growing = "";
    for (const name of found) {
      if (known.has(name)) continue;
      this.checkOrder(name);
      const tif = new GrowingTif(join(this.path, name), this.channel);
      try {
        const { stack, mark } = await tif.look();
        growing = mark;
        if (!stack) {
          rest = `${name}, which is not whole`;
          break;
        }
        this.take(name, stack.info);
      } finally {
        await tif.close();
      }
    }
    return {
      stack: this.info && this.stackOf(this.info),
      mark: `${found.length} ${this.names.length} ${growing}`,
      rest,
    };
  }

  async close(): Promise<void> {}

  private take(name: string, info: StackReader["info"]): void {
    const subject = join(this.path, name);
    if (info.frames !== 1) {
      throw new InputError("INPUT_FORMAT", {
        subject,
        expected: "one image in each tif of the folder",
        found: `${info.frames}`,
        advice: "Name the stack itself.",
      });
    }
    this.info ??= info;
    checkSame(subject, info, this.info);
    this.names.push(name);
  }

  /** @throws InputError INPUT_FORMAT for an image that comes before one that was counted */
  private checkOrder(name: string): void {
    const last = this.names.at(-1);
    if (last === undefined || last.localeCompare(name, "en", { numeric: true }) <= 0) return;
    throw new InputError("INPUT_FORMAT", {
      subject: join(this.path, name),
      expected: `an image whose name comes after ${last}, which was counted`,
      found: "one that comes before it",
      advice: "Frames are numbered in the order of their files' names: count the folder once it is written.",
    });
  }

  private stackOf(first: StackReader["info"]): StackReader {
    const read = async (index: number): Promise<PixelArray> => {
      const tif = new GrowingTif(join(this.path, this.names[index]!), this.channel);
      try {
        const { stack } = await tif.look();
        if (stack) return (await stack.read(0)).pixels;
      } finally {
        await tif.close();
      }
      throw new InputError("INPUT_TRUNCATED", {
        subject: join(this.path, this.names[index]!),
        expected: "the image that was whole before",
        found: "one that is not whole",
        advice: "Another program has written it again.",
      });
    };
    return stackReader(this.path, { ...first, frames: this.names.length }, read);
  }
}

/**
 * Names of the tifs in a folder, in the order in which people read numbers.
 * Results of this program are left out.
 */
export async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw notReadable(folder, "a folder of tifs", cause);
  });
  return names
    .filter((name) => /(?<!\.density)\.tiff?$/i.test(name) && !name.startsWith("."))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }) || (a < b ? -1 : 1));
}
