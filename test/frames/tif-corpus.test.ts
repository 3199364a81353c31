import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { CorpusCase } from "../../bench/corpus/corpus-case.js";
import { InputError } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import { withFlags } from "../../src/cli/reading-options.js";
import type { OpenOptions } from "../../src/frames/open-options.js";
import { openStack } from "../../src/frames/open-stack.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { collect } from "../support/collect.js";
import { withoutModules } from "../support/oracle-python.js";
import { temporaryFolder } from "../support/temporary.js";

/** Made by scripts/oracle/corpus_tif.py --small. The arrays are what tifffile decodes. */
const FOLDER = join(packageRoot, "test", "data", "frames", "corpus");

const cases = JSON.parse(readFileSync(join(FOLDER, "cases.json"), "utf8")) as CorpusCase[];

async function framesOf(name: string, options: OpenOptions = {}) {
  const stack = await openStack(join(FOLDER, name), options);
  try {
    return { info: stack.info, frames: (await collect(stack.frames())).map(({ pixels }) => [...pixels]) };
  } finally {
    await stack.close();
  }
}

for (const { case: name, what, file, options, pixels, tolerance = 0, values = {} } of cases) {
  if (!file || !pixels) continue;
  test(`${name}: ${what}`, async () => {
    const [{ info, frames }, right] = [await framesOf(file, options), await framesOf(pixels)];
    assert.deepEqual([info.width, info.height], [right.info.width, right.info.height]);
    if (tolerance === 0) assert.deepEqual(frames, right.frames);
    assert.equal(frames.length, right.frames.length);
    for (const [f, read] of frames.entries()) {
      const far = read.findIndex((value, i) => Math.abs(value - right.frames[f]![i]!) > tolerance);
      assert.equal(far, -1, `frame ${f + 1}, pixel ${far}`);
    }
    for (const [place, value] of Object.entries(values)) {
      if (!place.startsWith("info.")) continue;
      const found = place
        .split(".")
        .slice(1)
        .reduce((part: unknown, key) => (part as Record<string, unknown> | undefined)?.[key], info);
      assert.deepEqual(found, value, place);
    }
  });
}

for (const { case: name, what, file, options, run, error } of cases) {
  // What is refused only when it is counted is another test's.
  if (!file || !error || run || name === "not-finite") continue;
  test(`refuses ${name}: ${what}`, async () => {
    await assert.rejects(framesOf(file, options), (refusal: unknown) => {
      assert.ok(refusal instanceof InputError, String(refusal));
      const message = withFlags(refusal.message);
      for (const word of error) assert.ok(message.toLowerCase().includes(word.toLowerCase()), message);
      return true;
    });
  });
}

test("NaN and infinity stay, and get the median of the finite pixels around them where that is wanted", async () => {
  const [asStored, mended, right] = await Promise.all([
    framesOf("not-finite.tif"),
    framesOf("not-finite.tif", { replaceInvalid: "median" }),
    framesOf("mended.npy"),
  ]);
  assert.equal(asStored.frames[0]![3 * asStored.info.width + 4], Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(asStored.frames[1]![5 * asStored.info.width + 6]));
  assert.deepEqual(mended.frames, right.frames);
});

test("what a reader decides or loses is told", async () => {
  for (const [name, options, words] of [
    ["type-f8-thirds.tif", {}, /^page 1 has floats of 64 bits that are rounded/],
    ["min-is-white.tif", {}, /^MinIsWhite: values are inverted/],
    ["min-is-white-imagej.tif", {}, /stored values are counted, as Fiji/],
    ["images-1000-of-1.tif", {}, /images=1000, but/],
    ["half-a-page.tif", { salvage: true }, /^cut off or damaged after 3 frames: /],
    ["not-finite.tif", { replaceInvalid: "median" }, /^2 pixels replaced in 2 frames: NaN or infinite$/],
    ["16-bits-big-endian-zstd-strips.tif", {}, undefined],
  ] as const) {
    const stack = await openStack(join(FOLDER, name), options);
    await collect(stack.frames());
    await stack.close();
    if (words) assert.match(stack.notes.join("\n"), words, name);
    else assert.deepEqual(stack.notes, [], name);
  }
});

test("a channel is refused where frames have none", async () => {
  for (const [name, message] of [
    ["rgb.tif", /`channel: 4`: expected 1 to 3/],
    ["strips.tif", /`channel: 4`: expected none or 1, .*Leave it out/],
    ["mended.npy", /`channel: 4`: expected a tif with several values a pixel/],
  ] as const) {
    await assert.rejects(openStack(join(FOLDER, name), { channel: 4 }), { code: "INPUT_OPTION", message });
  }
});

test("maps of OME's order lie in ImageJ's order, calibrated", async (t) => {
  const path = join(temporaryFolder(t), "maps.tif");
  const stack = await openStack(join(FOLDER, "ome-ctzyx.tif"));
  const { layout, positions, ...size } = stack.info;
  const writer = await createStackWriter(path, {
    ...size,
    ...{ layout: layout!, positions: positions! },
    calibration: { pixelWidth: 0.1, pixelHeight: 0.1, unit: "µm" },
  });
  for await (const { pixels } of stack.frames()) await writer.write(pixels);
  await writer.finish();
  const maps = await openStack(path);
  assert.deepEqual(maps.info.layout, { channels: 2, slices: 3, timePoints: 2 });
  assert.equal(maps.info.calibration.unit, "µm");
  // The file has times in channels and slices in times; ImageJ has channels in slices in times.
  let place = 0;
  for (let time = 0; time < 2; time++) {
    for (let slice = 0; slice < 3; slice++) {
      for (let channel = 0; channel < 2; channel++, place++) {
        const [map, frame] = [await maps.read(place), await stack.read((channel * 2 + time) * 3 + slice)];
        assert.deepEqual(map.pixels, frame.pixels);
      }
    }
  }
  await Promise.all([maps.close(), stack.close()]);
});

/** Cases whose error says how to write the file anew. */
const REWRITTEN = ["image-depth", "jpeg2000", "jpegxr", "lzma", "cfa", "min-is-white-float", "complex"];

test("the advice to write a file anew works", {
  skip: withoutModules("tifffile", "imagecodecs"),
}, async (t) => {
  const home = temporaryFolder(t);
  for (const name of REWRITTEN) {
    const path = join(home, `${name}.tif`);
    copyFileSync(join(FOLDER, `${name}.tif`), path);
    const error = await openStack(path).then(
      () => assert.fail(`${name} was read`),
      (refusal: InputError) => refusal,
    );
    const [code] = /import tifffile;.*$/.exec(error.advice)!;
    execFileSync(join(packageRoot, ".oracle-venv", "bin", "python"), ["-c", code]);
    const stack = await openStack(join(home, `${name}-plain.tif`));
    assert.equal((await collect(stack.frames())).length, 4, name);
    await stack.close();
  }
});
