import { InputError } from "../../base/errors.js";
import { openFile } from "../../base/regular-file.js";
import { damaged, TAGS, TiffDirectory } from "../tif/tiff-directory.js";
import { TiffFile } from "../tif/tiff-file.js";

/** Bytes of the longest header. */
const HEADER_BYTES = 16;

/** Opens a tif; undefined while its header is not written. @throws as {@link TiffFile.open} */
export async function openStarted(path: string): Promise<TiffFile | undefined> {
  const handle = await openFile(path, "a tif file");
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    .finally(() => handle.close());
  if (bytesRead < HEADER_BYTES || buffer.every((byte) => byte === 0)) return undefined;
  const file = await TiffFile.open(path);
  if (file.firstDirectory !== 0) return file;
  await file.close();
  return undefined;
}

/** A page that is whole. */
export interface WholePage {
  directory: TiffDirectory;
  /** Number in the file, from 1. */
  page: number;
}

/**
 * The pages of a tif that are whole, in order, as far as it is written.
 *
 * A page is whole if its directory, the values of its tags and its pixels end within the file. That
 * is not enough in a file whose room was taken in advance: there, zeros follow what is written. So
 * the place of the next directory must be known as well: none yet, a directory, or the end of the
 * file.
 * @param after the last page that is known; its follower is looked for
 * @throws InputError INPUT_FORMAT where pages go round in circles
 */
export async function* wholePages(
  file: TiffFile,
  after: { offset: number; page: number } | undefined,
  seen: ReadonlySet<number>,
): AsyncGenerator<WholePage> {
  let page = after?.page ?? 0;
  let offset = after ? (await directoryAt(file, after.offset, page))?.next : file.firstDirectory;
  while (offset) {
    page++;
    if (seen.has(offset)) {
      throw damaged(file, `page ${page}`, "a page of its own", "one of the pages before it");
    }
    const directory = await directoryAt(file, offset, page);
    if (!directory || !(await hasPixels(file, directory))) return;
    const { next } = directory;
    if (next !== 0 && next < file.size && !(await directoryAt(file, next, page + 1))) return;
    yield { directory, page };
    offset = next;
  }
}

/** A directory; undefined where it is not written, or not whole. */
async function directoryAt(file: TiffFile, offset: number, page: number): Promise<TiffDirectory | undefined> {
  const directory = await TiffDirectory.read(file, offset, page).catch(unlessUnfinished);
  // No tag has the number 0: such an entry is still to be written, in room that was taken before.
  return directory?.has(0) ? undefined : directory;
}

/** Whether all bytes of a page's pixels, and all values that say where they are, are in the file. */
async function hasPixels(file: TiffFile, directory: TiffDirectory): Promise<boolean> {
  const tiled = directory.has(TAGS.tileOffsets);
  const values = (tag: number) => directory.numbers(tag).catch(unlessUnfinished);
  const offsets = await values(tiled ? TAGS.tileOffsets : TAGS.stripOffsets);
  const counts = await values(tiled ? TAGS.tileByteCounts : TAGS.stripByteCounts);
  if (!offsets?.length || counts?.length !== offsets.length) return false;
  return offsets.every((offset, i) => offset > 0 && counts[i]! > 0 && offset + counts[i]! <= file.size);
}

/** Damage is not told from what is still to be written: both are not whole. */
function unlessUnfinished(error: unknown): undefined {
  if (error instanceof InputError) return undefined;
  throw error;
}
