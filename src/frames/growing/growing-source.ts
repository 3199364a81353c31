import { stat } from "node:fs/promises";
import { InputError, notReadable } from "../../base/errors.js";
import { type Replaced, replacedInWords, withInvalidReplaced } from "../invalid-pixels.js";
import type { OpenOptions } from "../open-options.js";
import { refuseChannel } from "../open-stack.js";
import { sourceParts } from "../source-parts.js";
import type { StackReader } from "../stack-reader.js";
import { GrowingImages, imagesIn } from "./growing-images.js";
import { GrowingNdTiff, isOfNdTiff, ndTiffFolder } from "./growing-ndtiff.js";
import { GrowingTif } from "./growing-tif.js";
import { GrowingZarr } from "./growing-zarr.js";

/** What of a recording is whole at a moment. */
export interface Growth {
  /** The frames that are whole, in order; undefined before the first one. */
  stack: StackReader | undefined;
  /** Number of frames that the recording will have, where its format says so. */
  expected?: number | undefined;
  /** Changes whenever anything was written. */
  mark: string;
  /** Whether a look a moment later may tell of more frames, even if nothing more is written. */
  more?: boolean | undefined;
  /** What is there besides the whole frames, in words. */
  rest?: string | undefined;
}

/** A recording that another program is still writing. Frames that are whole stay as they are. */
export interface GrowingSource {
  readonly path: string;
  /** What the reader had to decide or to lose so far, in words for people. */
  readonly notes?: readonly string[];
  /**
   * Looks what is whole by now. The stack of an earlier look is no longer used then.
   * @throws InputError where what is there cannot be read, or frames differ in size or type
   */
  look(): Promise<Growth>;
  close(): Promise<void>;
}

/**
 * Opens a recording that is still being written: a tif, a folder of NDTiff, of OME-Zarr, or of tifs
 * with one image each. Only whole frames are read, so `salvage` changes nothing.
 * @throws InputError INPUT_NOT_FOUND; INPUT_OPTION for anything else
 */
export async function openGrowing(path: string, options: OpenOptions = {}): Promise<GrowingSource> {
  const source = await openKind(path, options);
  return options.replaceInvalid === undefined ? source : new ReplacingSource(source);
}

async function openKind(path: string, options: OpenOptions): Promise<GrowingSource> {
  const { kind, path: file } = sourceParts(path);
  const status = await stat(file).catch((cause: unknown) => {
    throw notReadable(file, "a file or folder that is being written", cause);
  });
  if (kind === "zarr" && status.isDirectory()) {
    refuseChannel(path, options);
    return new GrowingZarr(path);
  }
  if (status.isDirectory()) return new GrowingFolder(path, options);
  if (kind === "tif") return new GrowingTif(path, options.channel);
  throw new InputError("INPUT_OPTION", {
    subject: `--follow ${path}`,
    expected: "a tif, a folder of NDTiff, of OME-Zarr, or of tifs with one image each",
    found: "a file of another kind",
    advice: "Count it without --follow once it is written.",
  });
}

/** A folder, whose kind shows once the first files are there. */
class GrowingFolder implements GrowingSource {
  private source: GrowingSource | undefined;

  constructor(
    readonly path: string,
    private readonly options: OpenOptions,
  ) {}

  async look(): Promise<Growth> {
    this.source ??= await this.open();
    return (await this.source?.look()) ?? { stack: undefined, mark: "" };
  }

  async close(): Promise<void> {
    await this.source?.close();
  }

  private async open(): Promise<GrowingSource | undefined> {
    const folder = await ndTiffFolder(this.path);
    if (folder !== undefined) {
      refuseChannel(this.path, this.options);
      return new GrowingNdTiff(folder);
    }
    const images = await imagesIn(this.path);
    // The tifs of NDTiff are there before their index.
    return images.length === 0 || images.some(isOfNdTiff)
      ? undefined
      : new GrowingImages(this.path, this.options.channel);
  }
}

/** A recording whose pixels that are no finite numbers are replaced. */
class ReplacingSource implements GrowingSource {
  private readonly replaced: Replaced = new Map();

  constructor(private readonly source: GrowingSource) {}

  get path(): string {
    return this.source.path;
  }

  get notes(): readonly string[] {
    return this.replaced.size > 0 ? [replacedInWords(this.replaced)] : [];
  }

  async look(): Promise<Growth> {
    const { stack, ...growth } = await this.source.look();
    return { ...growth, stack: stack && withInvalidReplaced(stack, this.replaced) };
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
