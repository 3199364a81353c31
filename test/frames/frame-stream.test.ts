import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeStreamedFrame, type StreamedFrame, streamedFrames } from "../../src/frames/frame-stream.js";

const FRAMES: StreamedFrame[] = [
  { width: 3, height: 2, pixels: Uint16Array.of(1, 2, 3, 256, 65_535, 10), pixelSize: 100 },
  { width: 2, height: 1, pixels: Uint8Array.of(10, 255), pixelSize: undefined },
  { width: 1, height: 2, pixels: Float32Array.of(-0.5, 1e9), pixelSize: undefined },
];

/** Bytes in chunks of a size. */
async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 1 << 16): Promise<StreamedFrame[]> {
  const frames: StreamedFrame[] = [];
  for await (const frame of streamedFrames(chunked(bytes, size), "the pipe")) frames.push(frame);
  return frames;
}

test("frames come out of a pipe as they went in, in chunks of any size", async () => {
  const bytes = Buffer.concat(FRAMES.map(encodeStreamedFrame));
  for (const size of [1, 7, 64, 1_000]) assert.deepEqual(await read(bytes, size), FRAMES);
  assert.deepEqual(await read(Buffer.alloc(0)), []);
});

test("a frame by hand is a line of JSON and its pixels, little endian", async () => {
  const bytes = Buffer.from('{"width":2,"height":1,"pixel_type":"uint16"}\n\x01\x00\x00\x01', "latin1");
  assert.deepEqual((await read(bytes))[0]!.pixels, Uint16Array.of(1, 256));
});

test("what is no frame is refused, with its place", async () => {
  const refused = (text: string, code: string, message: RegExp) =>
    assert.rejects(read(Buffer.from(text)), { code, message });
  await refused("hello\n", "INPUT_FORMAT", /frame 1 of the pipe/);
  await refused("[1]\n", "INPUT_FORMAT", /frame 1/);
  await refused("x".repeat(5_000), "INPUT_FORMAT", /no line of JSON/);
  await refused('{"width":2', "INPUT_TRUNCATED", /frame 1/);
  await refused('{"width":2,"height":1,"pixel_type":"uint16"}\nabc', "INPUT_TRUNCATED", /all of its pixels/);
  await refused(
    '{"width":2,"height":1,"pixel_type":"int64"}\n',
    "INPUT_PIXEL_TYPE",
    /uint8, uint16, float32/,
  );
  await refused('{"width":0,"height":1,"pixel_type":"uint8"}\n', "INPUT_SIZE", /0 x 1/);
  await refused('{"width":65536,"height":65536,"pixel_type":"uint8"}\n', "INPUT_SIZE", /65536 x 65536/);
});
