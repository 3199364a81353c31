import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";
import { type GrowingSource, type Growth, openGrowing } from "../../../src/frames/growing/growing-source.js";
import { openStack } from "../../../src/frames/open-stack.js";
import { JOURNALS, type JournalName, journalFrames, Recorder } from "../../support/journal.js";
import { oracleStacks } from "../../support/oracle.js";
import { temporaryFolder } from "../../support/temporary.js";

/** What is followed in a recording's folder. */
const FOLLOWED: Record<JournalName, string> = {
  classic: "run.tif",
  bigtiff: "run.tif",
  deflate: "run.tif",
  imagej: "run.tif",
  images: "",
  ndtiff: "",
  zarr04: "run.zarr",
  zarr05: "run.zarr",
};

/** Looks again where a look a moment later may tell of more. */
async function lookTwice(source: GrowingSource): Promise<Growth> {
  const growth = await source.look();
  return growth.more ? source.look() : growth;
}

for (const name of JOURNALS) {
  test(`${name}: after each half of a write, every frame that is told is whole, and none that is written is missing`, async (t) => {
    const folder = join(temporaryFolder(t), "recording");
    const frames = journalFrames(name);
    const recorder = new Recorder(t, name, folder);
    await recorder.step();
    const source = await openGrowing(join(folder, FOLLOWED[name]));
    let told = 0;
    while (!recorder.ended) {
      const written = Math.min(frames.length, await recorder.step());
      const { stack, expected } = await lookTwice(source);
      const whole = stack?.info.frames ?? 0;
      assert.ok(whole >= told, `${whole} frames after ${told}`);
      // One series of tifffile has no directories before its end.
      if (name !== "imagej" && !recorder.ended) assert.ok(whole >= written, `${whole} frames of ${written}`);
      told = whole;
      if (stack && whole > 0) {
        assert.deepEqual((await stack.read(whole - 1)).pixels, frames[whole - 1]);
        if (name !== "imagej") assert.equal(expected, undefined);
      }
    }
    const { stack, expected } = await lookTwice(source);
    assert.equal(stack!.info.frames, frames.length);
    assert.equal(expected, name === "imagej" ? frames.length : undefined);
    for (const [i, pixels] of frames.entries()) assert.deepEqual((await stack!.read(i)).pixels, pixels);
    await source.close();
  });
}

test("in a file whose room was taken in advance, a frame is whole once its follower begins", async (t) => {
  const folder = temporaryFolder(t);
  const frames = journalFrames("ndtiff");
  const recorder = new Recorder(t, "ndtiff", folder);
  await recorder.step();
  const source = await openGrowing(join(folder, "NDTiffStack.tif"));
  while (!recorder.ended) {
    await recorder.step();
    const { stack } = await source.look();
    for (let i = 0; i < (stack?.info.frames ?? 0); i++) {
      assert.deepEqual((await stack!.read(i)).pixels, frames[i]);
    }
  }
  const { stack } = await source.look();
  assert.equal(stack!.info.frames, frames.length);
  await source.close();
});

test("single images count in the order of their numbers; one that comes too late is refused by name", async (t) => {
  const folder = temporaryFolder(t);
  const path = oracleStacks()[0]!.path;
  const images = join(folder, "images");
  const recorder = new Recorder(t, "images", images);
  while (!recorder.ended) await recorder.step();
  renameSync(join(images, "img_8.tif"), join(folder, "img_8.tif"));
  const source = await openGrowing(images);
  assert.equal((await source.look()).stack!.info.frames, 4);
  renameSync(join(folder, "img_8.tif"), join(images, "img_8.tif"));
  await assert.rejects(source.look(), {
    code: "INPUT_FORMAT",
    message: /img_8\.tif: expected an image whose name comes after img_12\.tif/,
  });
  copyFileSync(path, join(folder, "a.tif"));
  const stacks = await openGrowing(folder);
  await assert.rejects(stacks.look(), { message: /expected one image in each tif of the folder, found 3/ });
});

test("pages that are no frames of a finished tif are none of a growing one", async () => {
  const folder = join(packageRoot, "test", "data", "frames", "corpus");
  for (const name of ["thumbnail-first", "thumbnail-subfile-type", "mask"]) {
    const source = await openGrowing(join(folder, `${name}.tif`));
    const { stack } = await source.look();
    const right = await openStack(join(folder, `${name}.npy`));
    assert.equal(stack?.info.frames, right.info.frames, name);
    for (let i = 0; i < right.info.frames; i++) {
      assert.deepEqual([...(await stack!.read(i)).pixels], [...(await right.read(i)).pixels], name);
    }
    await right.close();
    await source.close();
  }
});

test("nothing is told of a file that has only begun, and what is no tif is refused", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "run.tif");
  writeFileSync(path, "");
  const source = await openGrowing(path);
  assert.equal((await source.look()).stack, undefined);
  appendFileSync(path, Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]));
  assert.equal((await source.look()).stack, undefined);
  writeFileSync(path, "a note that is no recording");
  await assert.rejects(source.look(), { code: "INPUT_FORMAT", message: /text that begins with "a note/ });
  mkdirSync(join(folder, "empty"));
  assert.equal((await (await openGrowing(join(folder, "empty"))).look()).stack, undefined);
  writeFileSync(join(folder, "a.npy"), "");
  await assert.rejects(openGrowing(join(folder, "a.npy")), { code: "INPUT_OPTION" });
  await assert.rejects(openGrowing(join(folder, "none.tif")), { code: "INPUT_NOT_FOUND" });
});
