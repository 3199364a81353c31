import type { ArrayInfo } from "./layout.js";

/** What is read at a time, bytes of float64: about this much where chunks are small. */
const USUAL_BYTES = 1_048_576;
/** The most. Chunks that hold parts of more samples than that are read several times. */
const MOST_BYTES = 134_217_728;

/** Samples from the first up to but not including the second number. */
export type SampleRange = readonly [first: number, end: number];

/**
 * An array's samples in consecutive ranges, to be read one after the other.
 * No chunk has parts in two ranges, so that each is read and unpacked once.
 */
export function sampleBlocks(
  array: ArrayInfo,
  { usual = USUAL_BYTES, most = MOST_BYTES }: { usual?: number; most?: number } = {},
): SampleRange[] {
  const { samples, samplesPerChunk, framesPerSample, height, width } = array;
  const sampleBytes = 8 * framesPerSample * height * width;
  const chunks = Math.max(1, Math.floor(usual / sampleBytes / samplesPerChunk));
  const length = Math.min(chunks * samplesPerChunk, Math.max(1, Math.floor(most / sampleBytes)));
  const blocks: SampleRange[] = [];
  for (let first = 0; first < samples; first += length) {
    blocks.push([first, Math.min(first + length, samples)]);
  }
  return blocks;
}
