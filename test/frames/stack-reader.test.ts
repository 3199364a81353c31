import assert from "node:assert/strict";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { collect } from "../support/collect.js";
import { temporaryFolder } from "../support/temporary.js";

const folder = join(packageRoot, "test", "data", "frames");
const [width, height] = [21, 18];

/** The fixtures' formula: scripts/oracle/frames_fixtures.py. */
function expectedPixel(type: string, frame: number, index: number): number {
  const value = (7 * (index % width) + 13 * Math.floor(index / width) + 101 * frame) % 251;
  return type === "uint8" ? value : type === "uint16" ? 257 * value : value / 2;
}

async function assertFixture(path: string, type: string, frames = 3): Promise<void> {
  const stack = await openTifStack(path);
  const { info } = stack;
  assert.deepEqual([info.width, info.height, info.frames, info.pixelType], [width, height, frames, type]);
  for (const [f, { pixels }] of (await collect(stack.frames())).entries()) {
    assert.equal(pixels.length, width * height);
    for (const [i, pixel] of pixels.entries()) assert.equal(pixel, expectedPixel(type, f, i));
  }
  await stack.close();
}

const variants = readdirSync(folder).filter((name) => /^(uint8|uint16|float32)_(little|big)/.test(name));

test("there are fixtures of every type, order, compression and layout", () =>
  assert.equal(variants.length, 84));

for (const name of variants) {
  test(`reads ${name}`, () => assertFixture(join(folder, name), name.split("_")[0]!));
}

test("reads noise in one LZW strip, which fills the table of codes again and again", async () => {
  const stack = await openTifStack(join(folder, "noise_lzw.tif"));
  const { pixels } = await stack.read(0);
  for (const [i, pixel] of pixels.entries())
    assert.equal(pixel, (Math.imul(i, 2_654_435_761) >>> 13) & 0xffff);
  await stack.close();
});

for (const type of ["uint8", "uint16", "float32"]) {
  test(`reads an ImageJ stack of ${type} with its calibration`, async () => {
    const path = join(folder, `${type}_imagej.tif`);
    await assertFixture(path, type);
    const stack = await openTifStack(path);
    assert.deepEqual(stack.info.layout, { channels: 1, slices: 1, timePoints: 3 });
    const { unit, pixelWidth, pixelHeight, frameInterval } = stack.info.calibration;
    assert.deepEqual([unit, frameInterval], ["µm", 0.05]);
    assert.ok(Math.abs(pixelWidth! - 0.1) < 1e-6 && Math.abs(pixelHeight! - 0.125) < 1e-6);
    await stack.close();
  });
}

test("reads ImageJ's contiguous stack, which has one directory for all frames", async () => {
  const path = join(folder, "uint16_contiguous.tif");
  await assertFixture(path, "uint16");
  const stack = await openTifStack(path);
  assert.equal(stack.info.calibration.pixelDepth, 0.3);
  assert.deepEqual(stack.info.layout, { channels: 1, slices: 3, timePoints: 1 });
  await stack.close();
});

test("reads the last frame of a contiguous stack of more than 4 GB", async (t) => {
  const path = join(temporaryFolder(t), "huge.tif");
  const template = readFileSync(join(folder, "uint16_contiguous.tif"));
  const text = template.toString("latin1");
  const [frames, big] = [6_000_000, template.toString("latin1", 0, 2) === "MM"];
  const head = Buffer.from(text.replace("images=3\n", "images=6000000\n"), "latin1").subarray(0, 8);
  const description = `ImageJ=1.54p\nimages=${frames}\n\0`;
  // A directory of its own, with room for the longer description, then the pixels.
  const entries: [number, number, number, number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, 1, 16],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [270, 2, description.length, 300],
    [273, 4, 1, 512],
    [278, 4, 1, height],
    [279, 4, 1, 2 * width * height],
  ];
  const front = Buffer.alloc(512);
  head.copy(front);
  const put16 = (value: number, at: number) =>
    big ? front.writeUInt16BE(value, at) : front.writeUInt16LE(value, at);
  const put32 = (value: number, at: number) =>
    big ? front.writeUInt32BE(value, at) : front.writeUInt32LE(value, at);
  put32(8, 4);
  put16(entries.length, 8);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    put16(tag, 10 + 12 * i);
    put16(type, 12 + 12 * i);
    put32(count, 14 + 12 * i);
    if (type === 3) put16(value, 18 + 12 * i);
    else put32(value, 18 + 12 * i);
  }
  front.write(description, 300, "latin1");
  const frameBytes = 2 * width * height;
  const file = await open(path, "w");
  await file.write(front);
  try {
    await file.truncate(512 + frames * frameBytes);
  } catch (error) {
    return t.skip(`this file system makes no sparse file of 4.5 GB: ${error}`);
  }
  const last = Buffer.alloc(frameBytes);
  for (let i = 0; i < width * height; i++) {
    if (big) last.writeUInt16BE(expectedPixel("uint16", 2, i), 2 * i);
    else last.writeUInt16LE(expectedPixel("uint16", 2, i), 2 * i);
  }
  await file.write(last, 0, frameBytes, 512 + (frames - 1) * frameBytes);
  await file.close();
  const stack = await openTifStack(path);
  assert.equal(stack.info.frames, frames);
  const { pixels } = await stack.read(frames - 1);
  for (const [i, pixel] of pixels.entries()) assert.equal(pixel, expectedPixel("uint16", 2, i));
  assert.ok((await stack.read(frames - 2)).pixels.every((pixel) => pixel === 0));
  await stack.close();
});

test("passes over pages that are reduced copies", () =>
  assertFixture(join(folder, "with_thumbnails.tif"), "uint16"));

for (const [name, code, words] of [
  ["two_sizes.tif", "INPUT_SIZE", /page 2: expected 21 x 18 uint8 as on page 1, found 21 x 9 uint8/],
  ["rgb.tif", "INPUT_PIXEL_TYPE", /found RGB, 3 values a pixel.*`channel: 1` \(red\)/],
] as const) {
  test(`refuses ${name} in words`, async () => {
    await assert.rejects(openTifStack(join(folder, name)), { code, message: words });
  });
}

test("a block whose own head promises more than its place takes is refused, and the next one is read", async (t) => {
  const path = join(temporaryFolder(t), "zstd.tif");
  const whole = readFileSync(join(folder, "zstd.tif"));
  const first = whole.indexOf(Buffer.from("28b52ffd", "hex"));
  const damagedFile = Buffer.from(whole);
  // RFC 8878: the head's two highest bits tell the width of the content's size; 3 are 8 bytes.
  damagedFile[first + 4] = 0xe0;
  writeFileSync(path, damagedFile);
  const stack = await openTifStack(path);
  await assert.rejects(stack.read(0), { code: "INPUT_FORMAT", message: /a ZSTD frame of \d+ bytes, where/ });
  const { pixels } = await stack.read(1);
  for (const [i, pixel] of pixels.entries()) assert.equal(pixel, expectedPixel("uint8", 1, i));
  await stack.close();
});

test("refuses what is no tif: a missing file, a folder, an empty file, another format", async (t) => {
  const home = temporaryFolder(t);
  writeFileSync(join(home, "empty.tif"), "");
  writeFileSync(join(home, "text.tif"), "no tif at all, only text");
  await assert.rejects(openTifStack(join(home, "none.tif")), {
    code: "INPUT_NOT_FOUND",
    message: /no file of that name/,
  });
  await assert.rejects(openTifStack(home), { code: "INPUT_NOT_FOUND" });
  await assert.rejects(openTifStack(join(home, "empty.tif")), {
    code: "INPUT_FORMAT",
    message: /an empty file/,
  });
  await assert.rejects(openTifStack(join(home, "text.tif")), {
    code: "INPUT_FORMAT",
    message: /found text that begins with "no tif at all/,
  });
});

for (const [name, length] of [
  ["uint16_big_plain_strip.tif", 7],
  ["uint16_little_plain_strip_big.tif", 12],
] as const) {
  test(`${name} cut in its header is a tif that is cut off, not another format`, async (t) => {
    const path = join(temporaryFolder(t), "cut.tif");
    writeFileSync(path, readFileSync(join(folder, name)).subarray(0, length));
    await assert.rejects(openTifStack(path), {
      code: "INPUT_TRUNCATED",
      message: /end of the file at \d+\./,
    });
  });
}

/** Opens and reads everything; only typed errors may come out. @returns whether all frames came */
async function readsOrRefuses(
  path: string,
  check: (frame: number, pixels: ArrayLike<number>) => void,
): Promise<boolean> {
  try {
    const stack = await openTifStack(path);
    try {
      for (let f = 0; f < Math.min(stack.info.frames, 10); f++) check(f, (await stack.read(f)).pixels);
    } finally {
      await stack.close();
    }
    return true;
  } catch (error) {
    assert.ok(error instanceof DefconError, String((error as Error).stack));
    assert.match(error.code, /^INPUT_/);
    assert.ok(error.message.startsWith(path));
    return false;
  }
}

for (const name of ["uint16_big_plain_strip.tif", "uint8_little_deflate_tile.tif", "uint16_contiguous.tif"]) {
  test(`${name} cut at any byte gives a typed error or the right pixels`, async (t) => {
    const path = join(temporaryFolder(t), "cut.tif");
    const bytes = readFileSync(join(folder, name));
    writeFileSync(path, bytes);
    const type = name.split("_")[0]!;
    let refused = 0;
    for (let length = bytes.length - 1; length >= 0; length -= 7) {
      truncateSync(path, length);
      const whole = await readsOrRefuses(path, (f, pixels) => {
        for (let i = 0; i < pixels.length; i++) assert.equal(pixels[i], expectedPixel(type, f, i));
      });
      if (!whole) refused++;
    }
    assert.ok(refused > bytes.length / 7 / 2);
  });
}

test("files with flipped bytes never crash or hang the reader", async (t) => {
  const path = join(temporaryFolder(t), "flipped.tif");
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (const name of variants) {
    const original = readFileSync(join(folder, name));
    for (let round = 0; round < 25; round++) {
      const bytes = Buffer.from(original);
      for (let flips = 0; flips < 3; flips++) bytes[random(bytes.length)] = random(256);
      writeFileSync(path, bytes);
      await readsOrRefuses(path, (_, pixels) => assert.ok(pixels.length > 0));
    }
  }
});

test("compressions that are undone in a thread of their own never crash or hang the reader", async (t) => {
  const path = join(temporaryFolder(t), "flipped.tif");
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (const name of ["16-bits-big-endian-zstd-tiles", "lerc", "jpeg"]) {
    const original = readFileSync(join(folder, "corpus", `${name}.tif`));
    for (let round = 0; round < 12; round++) {
      const bytes = Buffer.from(original);
      for (let flips = 0; flips < 3; flips++) bytes[random(bytes.length)] = random(256);
      writeFileSync(path, bytes);
      await readsOrRefuses(path, (_, pixels) => assert.ok(pixels.length > 0));
    }
  }
});

test("a directory that points back at itself is refused", async (t) => {
  const path = join(temporaryFolder(t), "loop.tif");
  const bytes = readFileSync(join(folder, "uint8_little_plain_strip.tif"));
  const first = bytes.readUInt32LE(4);
  bytes.writeUInt32LE(first, first + 2 + 12 * bytes.readUInt16LE(first));
  writeFileSync(path, bytes);
  await assert.rejects(openTifStack(path), {
    code: "INPUT_FORMAT",
    message: /page 2: expected a page of its own/,
  });
});
