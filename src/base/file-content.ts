import { HDF5_SIGNATURE } from "./hdf5.js";

/** Bytes of a file's start that {@link contentOf} looks at. */
export const HEAD_BYTES = 256;

/** What a file is, told by its first bytes. */
export interface FileContent {
  /** With its article: "a PNG picture". */
  is: string;
  /** What to do with it where frames were expected; a whole sentence. */
  advice?: string;
}

const AS_TIF = "Save the raw frames as tif, in Fiji: File > Save As > Tiff...";
const UNPACK = "Unpack it, and name the file that was in it.";

/** Kinds of files by their first bytes. */
const SIGNATURES: readonly (FileContent & { bytes: readonly number[] })[] = [
  { bytes: [0x49, 0x49, 42, 0], is: "a tif file" },
  { bytes: [0x4d, 0x4d, 0, 42], is: "a tif file" },
  { bytes: [0x49, 0x49, 43, 0], is: "a tif file" },
  { bytes: [0x4d, 0x4d, 0, 43], is: "a tif file" },
  { bytes: [0x89, 0x50, 0x4e, 0x47], is: "a PNG picture", advice: AS_TIF },
  { bytes: [0xff, 0xd8, 0xff], is: "a JPEG picture", advice: AS_TIF },
  { bytes: ascii("GIF8"), is: "a GIF picture", advice: AS_TIF },
  { bytes: [0x1f, 0x8b], is: "a gzip archive", advice: UNPACK },
  { bytes: ascii("PK\x03\x04"), is: "a zip archive", advice: UNPACK },
  { bytes: ascii("BZh"), is: "a bzip2 archive", advice: UNPACK },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], is: "an xz archive", advice: UNPACK },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: "a Zstandard archive", advice: UNPACK },
  { bytes: ascii("7z\xbc\xaf"), is: "a 7z archive", advice: UNPACK },
  { bytes: ascii("%PDF"), is: "a PDF document", advice: AS_TIF },
  {
    bytes: HDF5_SIGNATURE,
    is: "an HDF5 file",
    advice: "Give its name the ending .h5, and name the array of frames in it: FILE.h5:PATH.",
  },
  {
    bytes: ascii("\x93NUMPY"),
    is: "a NumPy array",
    advice: "Give its name the ending .npy.",
  },
];

/** Kinds of text files by how they begin, in small letters. */
const TEXTS: readonly (FileContent & { begins: RegExp })[] = [
  {
    begins: /^version https:\/\/git-lfs\.github\.com\//,
    is: "a pointer of Git LFS, in place of the file itself",
    advice: "Fetch the file: git lfs pull",
  },
  {
    begins: /^(<!doctype html|<html|<head|<body)/,
    is: "a web page (HTML)",
    advice: "A download brought a page instead of the file; download it again from the page.",
  },
  { begins: /^<\?xml/, is: "an XML file" },
];

/** Most characters of a text that are quoted. */
const QUOTED = 24;

/** What a file is. @param head its first {@link HEAD_BYTES}, fewer where it is shorter */
export function contentOf(head: Uint8Array): FileContent {
  if (head.length === 0) return { is: "an empty file", advice: "Copy or save it again." };
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, i) => head[i] === byte));
  if (known) return known;
  if (head.every((byte) => byte === 0)) {
    return { is: "zeros at its start", advice: "It was never written whole; copy or save it again." };
  }
  const text = textOf(head);
  if (text === undefined)
    return { is: `bytes ${Buffer.from(head.subarray(0, 8)).toString("hex")} at its start` };
  const begins = text.replace(/^\uFEFF/, "").trimStart();
  return (
    TEXTS.find((each) => each.begins.test(begins.toLowerCase())) ?? {
      is: `text that begins with ${JSON.stringify(begins.split(/[\r\n]/, 1)[0]!.slice(0, QUOTED))}`,
    }
  );
}

/** The bytes as text; undefined where they are none. */
function textOf(head: Uint8Array): string | undefined {
  // A character of several bytes may be cut off at the end.
  const text = new TextDecoder().decode(head).replace(/\uFFFD{1,3}$/, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary data from text
  return /[\u0000-\u0008\u000E-\u001F\uFFFD]/.test(text) ? undefined : text;
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
