import { PREDICTOR } from "./tiff-blocks.js";

/** Arrays of whole numbers in which differences wrap around, by the bytes of a value. */
const WRAPPING = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

/**
 * Undoes TIFF's differences of neighbours, row by row and in place.
 * TIFF 6.0, section 14; for floating point TIFF Technical Note 3. Floats are differenced as the
 * integers that their bits stand for.
 * @param bytes whole rows of values in this machine's byte order; for floating point in planes
 * @param size bytes of a value
 * @param width pixels of a row
 * @param samples values a pixel; differences are between the same values of two pixels
 */
export function undoPredictor(
  predictor: number,
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  width: number,
  samples: number,
): void {
  if (predictor === PREDICTOR.horizontal) sumNeighbours(bytes, size, width * samples, samples);
  else if (predictor === PREDICTOR.floatingPoint) joinPlanes(bytes, size, width * samples, samples);
}

function sumNeighbours(bytes: Uint8Array<ArrayBuffer>, size: number, row: number, samples: number): void {
  if (size === 8) {
    const values = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.length / size);
    for (let start = 0; start < values.length; start += row) {
      for (let i = start + samples; i < start + row; i++) values[i] = values[i]! + values[i - samples]!;
    }
    return;
  }
  const values = new WRAPPING[size as keyof typeof WRAPPING](
    bytes.buffer,
    bytes.byteOffset,
    bytes.length / size,
  );
  for (let start = 0; start < values.length; start += row) {
    for (let i = start + samples; i < start + row; i++) values[i] = values[i]! + values[i - samples]!;
  }
}

/** The plane of the highest bytes comes first. */
function joinPlanes(bytes: Uint8Array<ArrayBuffer>, size: number, row: number, samples: number): void {
  for (let start = 0; start < bytes.length; start += row * size) {
    const planes = bytes.slice(start, start + row * size);
    for (let i = samples; i < planes.length; i++) planes[i] = planes[i]! + planes[i - samples]!;
    for (let x = 0; x < row; x++) {
      for (let b = 0; b < size; b++) bytes[start + x * size + b] = planes[(size - 1 - b) * row + x]!;
    }
  }
}
