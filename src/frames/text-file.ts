import { RandomFile } from "./random-file.js";

/** Largest file of text beside frames that is read, bytes. */
const MOST_BYTES = 4_194_304;

/**
 * The text of a small file that describes frames, or its beginning.
 * @param expected what the file should be, for the error
 * @param most bytes that are read
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT
 */
export async function readTextFile(path: string, expected: string, most = MOST_BYTES): Promise<string> {
  const file = await RandomFile.open(path, expected);
  try {
    const bytes = await file.readUpTo(0, most, expected);
    return bytes.toString("utf8");
  } finally {
    await file.close();
  }
}
