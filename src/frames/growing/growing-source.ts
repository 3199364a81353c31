import { stat } from "node:fs/promises";
import { InputError, notReadable } from "../../base/errors.js";
import { sourceParts } from "../source-parts.js";
import type { StackReader } from "../stack-reader.js";
import { GrowingImages, imagesIn } from "./growing-images.js";
import { GrowingNdTiff, isOfNdTiff, ndTiffFolder } from "./growing-ndtiff.js";
import { GrowingTif } from "./growing-tif.js";

/** What of a recording is whole at a moment. */
export interface Growth {
  /** The frames that are whole, in order; undefined before the first one. */
  stack: StackReader | undefined;
  /** Number of frames that the recording will have, where its format says so. */
  expected?: number | undefined;
  /** Changes whenever anything was written. */
  mark: string;
  /** What is there besides the whole frames, in words. */
  rest?: string | undefined;
}

/** A recording that another program is still writing. Frames that are whole stay as they are. */
export interface GrowingSource {
  readonly path: string;
  /**
   * Looks what is whole by now. The stack of an earlier look is no longer used then.
   * @throws InputError where what is there cannot be read, or frames differ in size or type
   */
  look(): Promise<Growth>;
  close(): Promise<void>;
}

/**
 * Opens a recording that is still being written: a tif, a folder of NDTiff, or a folder of tifs
 * with one image each.
 * @throws InputError INPUT_NOT_FOUND; INPUT_OPTION for anything else
 */
export async function openGrowing(path: string): Promise<GrowingSource> {
  const status = await stat(path).catch((cause: unknown) => {
    throw notReadable(path, "a file or folder that is being written", cause);
  });
  if (status.isDirectory()) return new GrowingFolder(path);
  if (sourceParts(path).kind === "tif") return new GrowingTif(path);
  throw new InputError("INPUT_OPTION", {
    subject: `--follow ${path}`,
    expected: "a tif, a folder of NDTiff, or a folder of tifs with one image each",
    found: "a file of another kind",
    advice: "Count it without --follow once it is written.",
  });
}

/** A folder, whose kind shows once the first files are there. */
class GrowingFolder implements GrowingSource {
  private source: GrowingSource | undefined;

  constructor(readonly path: string) {}

  async look(): Promise<Growth> {
    this.source ??= await this.open();
    return (await this.source?.look()) ?? { stack: undefined, mark: "" };
  }

  async close(): Promise<void> {
    await this.source?.close();
  }

  private async open(): Promise<GrowingSource | undefined> {
    const folder = await ndTiffFolder(this.path);
    if (folder !== undefined) return new GrowingNdTiff(folder);
    const images = await imagesIn(this.path);
    // The tifs of NDTiff are there before their index.
    return images.length === 0 || images.some(isOfNdTiff) ? undefined : new GrowingImages(this.path);
  }
}
