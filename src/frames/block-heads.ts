import type { CompressedBlock } from "./tiff-compression.js";

/**
 * Checks what a compressed block says of its own size, before memory is taken for it.
 * ZSTD: RFC 8878, section 3.1.1; LERC 2: its header as Esri publishes it; JPEG: ITU-T T.81, B.2.2.
 * @throws Error for a block of another size than the file's tags say
 */
export function checkBlockHead({ compression, stored, size, width, height, bits }: CompressedBlock): void {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (compression === 7) checkJpeg(bytes, width, height, bits);
  else if (compression === 34_887) checkLerc(bytes, width, height);
  else checkZstd(bytes, size);
}

const ZSTD_MAGIC = 0xfd2fb528;

function checkZstd(bytes: Buffer, size: number): void {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== ZSTD_MAGIC) throw new Error("no ZSTD frame");
  const head = bytes[4]!;
  const single = (head & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][head & 3]!;
  const width = [single ? 1 : 0, 2, 4, 8][head >> 6]!;
  // A frame may leave its size out. It is then decompressed part by part.
  if (width === 0) return;
  if (bytes.length < at + width) throw new Error("a ZSTD frame without its head");
  const told = width === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, width);
  const content = width === 2 ? told + 256 : told;
  if (content > size) throw new Error(`a ZSTD frame of ${content} bytes, where ${size} are due`);
}

const LERC_MAGIC = "Lerc2 ";

function checkLerc(bytes: Buffer, width: number, height: number): void {
  // Deflate or ZSTD may lie over LERC. Their own heads are checked where they are undone.
  if (bytes.toString("latin1", 0, LERC_MAGIC.length) !== LERC_MAGIC || bytes.length < 22) return;
  const at = LERC_MAGIC.length + (bytes.readInt32LE(LERC_MAGIC.length) >= 3 ? 8 : 4);
  const [rows, columns] = [bytes.readInt32LE(at), bytes.readInt32LE(at + 4)];
  if (rows !== height || columns !== width) {
    throw new Error(`a LERC block of ${columns} x ${rows} pixels, where ${width} x ${height} are due`);
  }
}

/** Markers of JPEG that begin a frame, without those that are no frames (DHT, JPG, DAC). */
const isFrameMarker = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function checkJpeg(bytes: Buffer, width: number, height: number, bits: number): void {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (isFrameMarker(marker)) {
      const [precision, rows, columns] = [
        bytes[at + 4]!,
        bytes.readUInt16BE(at + 5),
        bytes.readUInt16BE(at + 7),
      ];
      if (precision === bits && rows === height && columns === width) return;
      throw new Error(
        `a JPEG of ${columns} x ${rows} pixels of ${precision} bits, where ${width} x ${height} of ${bits} are due`,
      );
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error("no JPEG");
}
