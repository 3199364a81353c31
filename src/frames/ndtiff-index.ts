import { PIXEL_TYPES, type PixelType } from "./frame.js";

/** The file beside the tifs of Micro-Manager's NDTiff that lists their images. */
export const NDTIFF_INDEX = "NDTiff.index";

/** NDTiff's numbers of pixel types: 8 and 16 bits, and 10, 12, 14 and 11 of 16 bits. */
export const NDTIFF_TYPES: Readonly<Record<number, PixelType>> = {
  0: "uint8",
  1: "uint16",
  3: "uint16",
  4: "uint16",
  5: "uint16",
  6: "uint16",
};
/** The numbers that end an entry: offset, width, height, type and compression, then metadata's. */
const NUMBERS = 8;
/** Longest text of an entry; more means a damaged index. */
const MAX_TEXT = 1_048_576;

/** An image, as the index lists it. */
export interface NdTiffEntry {
  /** The image's place, JSON: {"channel": "DAPI", "time": 3}. */
  axes: string;
  /** Name of the tif that holds it. */
  file: string;
  /** Place of its pixels in that file, and how many bytes they are. */
  offset: number;
  bytes: number;
  width: number;
  height: number;
  type: number;
  compression: number;
  /** Where the next entry begins in the index. */
  end: number;
}

/**
 * Reads one entry of an index; undefined where it is not whole.
 * It is: length and text of the axes, length and text of the file's name, then eight numbers of 32
 * bits, all little endian. Source: micro-manager/NDTiffStorage, version 3, as ndstorage 0.1.18
 * writes it.
 */
export function parseNdTiffEntry(bytes: Buffer, start: number): NdTiffEntry | undefined {
  let at = start;
  const text = (): string | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt32LE(at);
    if (length === 0 || length > MAX_TEXT || at + 4 + length > bytes.length) return undefined;
    at += 4 + length;
    return bytes.toString("utf8", at - length, at);
  };
  const axes = text();
  const file = axes === undefined ? undefined : text();
  if (axes === undefined || file === undefined || at + 4 * NUMBERS > bytes.length) return undefined;
  const [offset, width, height, type, compression] = Array.from({ length: NUMBERS }, (_, i) =>
    bytes.readUInt32LE(at + 4 * i),
  ) as [number, number, number, number, number];
  const size = width * height * PIXEL_TYPES[NDTIFF_TYPES[type] ?? "uint8"].bytes;
  return { axes, file, offset, width, height, type, compression, bytes: size, end: at + 4 * NUMBERS };
}
