import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createStackWriter, type StackWriterOptions } from "../../src/frames/stack-writer.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { collect } from "../support/collect.js";
import { temporaryFolder } from "../support/temporary.js";

const [width, height] = [7, 5];
const frame = (f: number) => Float32Array.from({ length: width * height }, (_, i) => f * 100 + i - 17.25);

async function written(
  path: string,
  frames: number,
  options: Partial<StackWriterOptions> = {},
): Promise<Buffer> {
  const writer = await createStackWriter(path, { width, height, frames, ...options });
  for (let f = 0; f < frames; f++) await writer.write(frame(f));
  await writer.finish();
  return readFileSync(path);
}

/** The tags of each directory by TIFF 6.0, read here byte by byte: [type, count, value or offset]. */
function directories(bytes: Buffer): Map<number, [number, number, number]>[] {
  assert.equal(bytes.toString("latin1", 0, 4), "II*\0");
  const result = [];
  for (let at = bytes.readUInt32LE(4); at !== 0; ) {
    const count = bytes.readUInt16LE(at);
    const tags = Array.from({ length: count }, (_, i) => {
      const entry = at + 2 + 12 * i;
      const type = bytes.readUInt16LE(entry + 2);
      const value = type === 3 ? bytes.readUInt16LE(entry + 8) : bytes.readUInt32LE(entry + 8);
      return [bytes.readUInt16LE(entry), [type, bytes.readUInt32LE(entry + 4), value]] as const;
    });
    const numbers = tags.map(([tag]) => tag);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      "tags in rising order",
    );
    result.push(new Map<number, [number, number, number]>(tags as [number, [number, number, number]][]));
    at = bytes.readUInt32LE(at + 2 + 12 * count);
  }
  return result;
}

function description(bytes: Buffer): string[] {
  const [, count, offset] = directories(bytes)[0]!.get(270)!;
  return bytes
    .toString("latin1", offset, offset + count)
    .split(/[\n\0]/)
    .filter(Boolean);
}

test("every frame has a directory of its own, one strip of float32, frames one after the other", async (t) => {
  const bytes = await written(join(temporaryFolder(t), "stack.tif"), 3);
  const pages = directories(bytes);
  assert.equal(pages.length, 3);
  for (const [f, page] of pages.entries()) {
    assert.deepEqual(
      [256, 257, 258, 259, 277, 278, 279, 339].map((tag) => page.get(tag)![2]),
      [width, height, 32, 1, 1, height, 4 * width * height, 3],
    );
    const start = page.get(273)![2];
    assert.equal(start, pages[0]!.get(273)![2] + f * 4 * width * height);
    for (const [i, value] of frame(f).entries()) assert.equal(bytes.readFloatLE(start + 4 * i), value);
  }
});

test("the description is ImageJ's: frames, unit, interval, display range", async (t) => {
  const calibration = { pixelWidth: 0.1, pixelHeight: 0.2, pixelDepth: 0.5, unit: "µm", frameInterval: 0.05 };
  const bytes = await written(join(temporaryFolder(t), "stack.tif"), 3, { calibration });
  const lines = description(bytes);
  assert.match(lines[0]!, /^ImageJ=/);
  for (const line of [
    "images=3",
    "frames=3",
    "unit=\\u00B5m",
    "spacing=0.5",
    "finterval=0.05",
    "min=-17.25",
    "max=216.75",
  ]) {
    assert.ok(lines.includes(line), `${line} in ${lines}`);
  }
  const first = directories(bytes)[0]!;
  const rational = (tag: number) =>
    bytes.readUInt32LE(first.get(tag)![2]) / bytes.readUInt32LE(first.get(tag)![2] + 4);
  assert.ok(Math.abs(rational(282) - 10) < 1e-6 && Math.abs(rational(283) - 5) < 1e-6);
});

test("a hyperstack keeps its channels, slices and time points", async (t) => {
  const layout = { channels: 2, slices: 1, timePoints: 3 };
  const lines = description(await written(join(temporaryFolder(t), "stack.tif"), 6, { layout }));
  for (const line of ["images=6", "channels=2", "frames=3", "hyperstack=true"])
    assert.ok(lines.includes(line));
});

test("what is written is read back, pixels and calibration", async (t) => {
  const path = join(temporaryFolder(t), "stack.tif");
  const calibration = { pixelWidth: 0.16, pixelHeight: 0.16, unit: "µm", frameInterval: 0.03 };
  await written(path, 4, { calibration });
  const stack = await openTifStack(path);
  assert.equal(stack.info.frames, 4);
  assert.deepEqual([stack.info.calibration.unit, stack.info.calibration.frameInterval], ["µm", 0.03]);
  assert.ok(Math.abs(stack.info.calibration.pixelWidth! - 0.16) < 1e-6);
  for (const [f, { pixels }] of (await collect(stack.frames())).entries()) assert.deepEqual(pixels, frame(f));
  await stack.close();
});

test("pixels of a few nanometres given in metres keep their size within a part in a thousand", async (t) => {
  const path = join(temporaryFolder(t), "stack.tif");
  await written(path, 1, { calibration: { pixelWidth: 1e-7, pixelHeight: 1e-7, unit: "m" } });
  const stack = await openTifStack(path);
  assert.ok(Math.abs(stack.info.calibration.pixelWidth! / 1e-7 - 1) < 1e-3);
  await stack.close();
});

test("nothing appears before the end, and nothing at all after an abort or a missing frame", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "stack.tif");
  const writer = await createStackWriter(path, { width, height, frames: 2 });
  await writer.write(frame(0));
  assert.ok(!existsSync(path));
  await assert.rejects(writer.finish(), { code: "INPUT_SIZE", message: /expected 2 frames, found 1/ });
  assert.deepEqual(readdirSync(folder), []);
});

test("a frame of another size and one too many are refused", async (t) => {
  const writer = await createStackWriter(join(temporaryFolder(t), "s.tif"), { width, height, frames: 1 });
  await assert.rejects(writer.write(new Float32Array(3)), { code: "INPUT_SIZE", message: /found 3 values/ });
  await writer.write(frame(0));
  await assert.rejects(writer.write(frame(1)), { code: "INPUT_SIZE", message: /found one more/ });
  await writer.abort();
});

test("a unit of any length has room, and one of one character comes back", async (t) => {
  const path = join(temporaryFolder(t), "stack.tif");
  for (const unit of ["long ".repeat(400).trim(), "\u00C5", "\u03BCm"]) {
    await written(path, 2, {
      calibration: { pixelWidth: 2, pixelHeight: 2, unit },
      force: true,
    });
    const stack = await openTifStack(path);
    assert.equal(stack.info.calibration.unit, unit === "\u03BCm" ? "\u00B5m" : unit);
    assert.deepEqual((await stack.read(1)).pixels, frame(1));
    await stack.close();
  }
});

test("no frames, no pixels and an arrangement with a remainder are refused before anything is written", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "stack.tif");
  const layout = { channels: 2, slices: 1, timePoints: 1 };
  for (const options of [{ frames: 0 }, { frames: 1, width: 0 }, { frames: 3, layout }]) {
    await assert.rejects(createStackWriter(path, { width, height, ...options }), { code: "INPUT_SIZE" });
  }
  assert.deepEqual(readdirSync(folder), []);
});

test("a stack without one number has a range of zero", async (t) => {
  const path = join(temporaryFolder(t), "stack.tif");
  const writer = await createStackWriter(path, { width, height, frames: 1 });
  await writer.write(new Float32Array(width * height).fill(Number.NaN));
  await writer.finish();
  const lines = description(readFileSync(path));
  assert.ok(lines.includes("min=0") && lines.includes("max=0"));
});

test("stacks of unsigned pixels say so, and their pixels come back", async (t) => {
  for (const [pixelType, ArrayOfType, bits] of [
    ["uint16", Uint16Array, 16],
    ["uint8", Uint8Array, 8],
  ] as const) {
    const path = join(temporaryFolder(t), "stack.tif");
    const values = (f: number) =>
      Array.from({ length: width * height }, (_, i) => 2 ** bits - 1 - f * 50 - i);
    const pixels = (f: number) => ArrayOfType.from(values(f));
    const writer = await createStackWriter(path, { width, height, frames: 3, pixelType });
    for (let f = 0; f < 3; f++) await writer.write(pixels(f));
    await writer.finish();
    const bytes = readFileSync(path);
    for (const [f, page] of directories(bytes).entries()) {
      assert.deepEqual(
        [258, 279, 339].map((tag) => page.get(tag)![2]),
        [bits, (bits / 8) * width * height, 1],
      );
      const start = page.get(273)![2];
      const read = (i: number) => (bits === 16 ? bytes.readUInt16LE(start + 2 * i) : bytes[start + i]!);
      for (const [i, value] of values(f).entries()) assert.equal(read(i), value);
    }
    assert.ok(description(bytes).includes(`max=${2 ** bits - 1}`));
    const stack = await openTifStack(path);
    assert.equal(stack.info.pixelType, pixelType);
    for (const [f, found] of (await collect(stack.frames())).entries())
      assert.deepEqual(found.pixels, pixels(f));
    await stack.close();
  }
});

test("pixels of another type than the stack's are a fault of the program", async (t) => {
  const options = { width, height, frames: 1, pixelType: "uint16" } as const;
  const writer = await createStackWriter(join(temporaryFolder(t), "s.tif"), options);
  await assert.rejects(writer.write(frame(0)), TypeError);
  await writer.abort();
});
