import assert from "node:assert/strict";
import { test } from "node:test";
import type { StreamedFrame } from "../../src/frames/frame-stream.js";
import type { GrowingSource } from "../../src/frames/growing/growing-source.js";
import type { StackReader } from "../../src/frames/stack-reader.js";
import { newestFrames, numberedFrames } from "../../src/loop/newest-frames.js";

test("frames of a pipe are numbered, and all of one size and type", async () => {
  const frame = (pixels: StreamedFrame["pixels"], width = 2) => ({ width, height: 2, pixels });
  async function* frames(last: StreamedFrame) {
    yield frame(Uint16Array.of(1, 2, 3, 4));
    yield frame(Uint16Array.of(5, 6, 7, 8));
    yield last;
  }
  const numbers: number[] = [];
  const read = async (last: StreamedFrame) => {
    for await (const { number } of numberedFrames(frames(last))) numbers.push(number);
  };
  await read(frame(Uint16Array.of(1, 1, 1, 1)));
  assert.deepEqual(numbers, [1, 2, 3]);
  const refused = { code: "INPUT_SIZE", message: /frame 3.*2 x 2, 16 bits, as the first/ };
  await assert.rejects(read(frame(Uint16Array.of(1, 2), 1)), refused);
  await assert.rejects(read(frame(Uint8Array.of(1, 2, 3, 4))), refused);
});

test("of a recording that grows, the newest frame comes, once each time", async () => {
  // Looks see 0, 2, 2, 5 and at last 6 of 6 frames.
  const seen = [0, 2, 2, 5, 6, 6];
  let looks = 0;
  const source = {
    path: "run.tif",
    look: async () => {
      const frames = seen[Math.min(looks++, seen.length - 1)]!;
      const info = { width: 1, height: 1, frames, pixelType: "uint8", calibration: {} };
      const read = async (index: number) => ({ width: 1, height: 1, pixels: Uint8Array.of(index) });
      return { stack: { info, read } as unknown as StackReader, expected: 6, mark: `${frames}` };
    },
    close: async () => undefined,
  } satisfies GrowingSource;
  const found: [number, number][] = [];
  for await (const { number, pixels } of newestFrames(source)) found.push([number, pixels[0]!]);
  assert.deepEqual(found, [
    [2, 1],
    [5, 4],
    [6, 5],
  ]);
});
