import { promisify } from "node:util";
import { inflate } from "node:zlib";
import type { BlockDecoder } from "./block-decoder.js";
import { decodeLzw, decodePackBits } from "./tiff-codecs.js";

/** A compressed strip or tile, and what is known of it. */
export interface CompressedBlock {
  compression: number;
  stored: Uint8Array<ArrayBuffer>;
  /** Bytes that it has when decompressed, at most. */
  size: number;
  width: number;
  height: number;
  /** Values a pixel that lie in this block. */
  samples: number;
  bits: number;
  /** TIFF's JPEGTables, empty where there are none. */
  jpegTables: number[];
  /** TIFF's LercParameters, empty where there are none. */
  lercParameters: number[];
}

/** How a compression is undone: here, by geotiff in a thread of its own, or not at all. */
interface Compression {
  name: string;
  by?: "here" | "geotiff";
  /** Set where geotiff's decoder takes blocks of one value a pixel alone. */
  greyOnly?: boolean;
}

/** Number of the compression that leaves pixels as they are. */
export const NOT_COMPRESSED = 1;
const [LZW, DEFLATE, PACKBITS, OLD_DEFLATE] = [5, 8, 32_773, 32_946];

/** Compressions by TIFF's numbers. */
const COMPRESSIONS: Readonly<Record<number, Compression>> = {
  [NOT_COMPRESSED]: { name: "no compression", by: "here" },
  2: { name: "CCITT" },
  3: { name: "CCITT" },
  4: { name: "CCITT" },
  [LZW]: { name: "LZW", by: "here" },
  6: { name: "JPEG of the old style" },
  7: { name: "JPEG", by: "geotiff", greyOnly: true },
  [DEFLATE]: { name: "Deflate", by: "here" },
  22610: { name: "JPEG XR" },
  [PACKBITS]: { name: "PackBits", by: "here" },
  [OLD_DEFLATE]: { name: "Deflate", by: "here" },
  33003: { name: "JPEG 2000" },
  33005: { name: "JPEG 2000" },
  34712: { name: "JPEG 2000" },
  34887: { name: "LERC", by: "geotiff", greyOnly: true },
  34892: { name: "lossy JPEG of DNG" },
  34925: { name: "LZMA" },
  34926: { name: "ZSTD", by: "geotiff" },
  34927: { name: "WebP" },
  34933: { name: "PNG" },
  34934: { name: "JPEG XR" },
  50000: { name: "ZSTD", by: "geotiff" },
  50001: { name: "WebP" },
  50002: { name: "JPEG XL" },
  52546: { name: "JPEG XL" },
};

/** Compressions that can be undone, for messages. */
export const READ_COMPRESSIONS = "no compression, LZW, Deflate, PackBits, ZSTD, LERC or JPEG";

/** A compression's name, for messages. */
export function compressionName(compression: number): string {
  return COMPRESSIONS[compression]?.name ?? `compression ${compression}`;
}

/** Whether a compression can be undone. */
export function canDecompress(compression: number): boolean {
  return COMPRESSIONS[compression]?.by !== undefined;
}

/** Whether blocks of a compression can be read with one value a pixel alone. */
export function isGreyOnly(compression: number): boolean {
  return COMPRESSIONS[compression]?.greyOnly ?? false;
}

/** Whether blocks of a compression are decoded by geotiff. */
export function isForeign(compression: number): boolean {
  return COMPRESSIONS[compression]?.by === "geotiff";
}

/**
 * Undoes a compression.
 * @returns no more than `size` bytes
 * @throws Error for data that makes no sense
 */
export async function decompress(block: CompressedBlock, decoder: BlockDecoder): Promise<Uint8Array> {
  const { compression, stored, size } = block;
  if (isForeign(compression)) return decoder.decode(block);
  if (compression === NOT_COMPRESSED) return stored;
  if (compression === LZW) return decodeLzw(stored, size);
  if (compression === PACKBITS) return decodePackBits(stored, size);
  // zlib works on another thread, and stops before a hostile file fills the memory.
  return promisify(inflate)(stored, { maxOutputLength: Math.max(size, 1) });
}
