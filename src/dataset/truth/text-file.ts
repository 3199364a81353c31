import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { DatasetError } from "../../base/errors.js";
import { openFile } from "../../base/regular-file.js";
import { utf16Of } from "../../base/text-encoding.js";

/** How much of a file is looked at to find its encoding and its head. */
const BEGINNING = 65_536;
/** The first bytes of a zip archive, which a workbook of Excel is. */
const ZIP_SIGNATURE = Buffer.from("PK\u0003\u0004");

/** The beginning of a text file, and what is needed to read the whole. */
export interface TextBeginning {
  encoding: string;
  /** Without a byte order mark. It may end within a line if the file is longer. */
  text: string;
}

/**
 * Reads the beginning of a text file: UTF-8, UTF-16 with or without a byte order mark, or
 * Windows-1252.
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_TRUTH for a workbook
 */
export async function readBeginning(path: string): Promise<TextBeginning> {
  const handle = await openFile(path, "a csv table");
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0)
    .finally(() => handle.close());
  const bytes = buffer.subarray(0, bytesRead);
  if (bytes.subarray(0, ZIP_SIGNATURE.length).equals(ZIP_SIGNATURE)) throw workbook(path);
  const encoding = encodingOf(bytes);
  return { encoding, text: new TextDecoder(encoding).decode(bytes) };
}

/** The text of a file, piece by piece, without a byte order mark. */
export async function* readText(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const bytes of createReadStream(path)) yield decoder.decode(bytes as Buffer, { stream: true });
  yield decoder.decode();
}

function encodingOf(bytes: Buffer): string {
  const wide = utf16Of(bytes);
  if (wide) return wide;
  // The last line may be cut within a character.
  const end = bytes.length < BEGINNING ? bytes.length : bytes.lastIndexOf("\n") + 1;
  return isUtf8(bytes.subarray(0, end)) ? "utf-8" : "windows-1252";
}

function workbook(path: string): DatasetError {
  return new DatasetError("DATASET_TRUTH", {
    subject: path,
    expected: "a table as text",
    found: "a zip archive or a workbook",
    advice: "Save the sheet as CSV in the program that wrote it.",
  });
}
