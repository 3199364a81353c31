import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AtomicFile } from "../../src/base/atomic-file.js";
import { checkDiskSpace } from "../../src/base/disk-space.js";
import { DISK_LIMITS } from "../../src/base/limits.js";
import { augment } from "../../src/dataset/augmentation.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { ModelLibrary } from "../../src/library/model-library.js";
import { checkpointPath, readCheckpoint } from "../../src/train/checkpoint.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { type TrainingJob, train } from "../../src/train/trainer.js";
import { temporaryHome } from "../support/daemon.js";
import { mountDisk, withoutMounts } from "../support/fiji.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { sourceOf, spotSamples } from "../support/training-set.js";

const skip = withoutMounts;
const { minFreeBytes } = DISK_LIMITS;
/** Disks in memory have blocks of this many bytes. */
const BLOCK = 4_096;
const TOO_FULL = { code: "OUTPUT_SPACE", message: /67\.1 MB stay free, found [\d.]+ MB free\. Free space/ };

/** A disk with so many bytes free. */
function diskWith(t: TestContext, free: number): string {
  const disk = mountDisk(t, "96m");
  leave(disk, free);
  return disk;
}

/** Fills a disk until so many bytes are free. */
function leave(disk: string, free: number): void {
  const filler = join(disk, "filler");
  rmSync(filler, { force: true });
  const { bavail, bsize } = statfsSync(disk);
  const bytes = bavail * bsize - free;
  if (bytes > 0) execFileSync("fallocate", ["-l", String(bytes), filler]);
  const now = statfsSync(disk);
  assert.equal(now.bavail * now.bsize, free);
}

test("a disk may have as much free as the limit, and not a block less", { skip }, (t) => {
  const disk = diskWith(t, minFreeBytes + BLOCK);
  for (const path of [disk, join(disk, "none", "yet", "file")]) {
    leave(disk, minFreeBytes + BLOCK);
    checkDiskSpace(path);
    checkDiskSpace(path, BLOCK);
    assert.throws(() => checkDiskSpace(path, BLOCK + 1), TOO_FULL);
    leave(disk, minFreeBytes);
    checkDiskSpace(path);
    leave(disk, minFreeBytes - BLOCK);
    assert.throws(() => checkDiskSpace(path), TOO_FULL);
  }
});

test("a long result ends before its disk is full, and leaves nothing", { skip }, async (t) => {
  const disk = diskWith(t, minFreeBytes + DISK_LIMITS.lookBytes);
  const path = join(disk, "maps.npy");
  const file = await AtomicFile.create(path);
  const piece = new Uint8Array(1_048_576);
  let written = 0;
  await assert.rejects(async () => {
    for (; written < 2 * DISK_LIMITS.lookBytes; written += piece.length) await file.write(piece);
  }, TOO_FULL);
  assert.ok(written >= DISK_LIMITS.lookBytes && written < 2 * DISK_LIMITS.lookBytes, `${written} bytes`);
  await file.abort();
  assert.deepEqual(readdirSync(disk), ["filler"]);
});

test("a model is not installed on a disk that is nearly full, and one that was there stays", {
  skip,
}, async (t) => {
  temporaryHome(t);
  const disk = diskWith(t, minFreeBytes + 4_194_304);
  process.env.DEFCON_FIJI_HOME = disk;
  const library = new ModelLibrary();
  const { path } = await library.install(RANDOM_MODEL, { name: "cells" });
  const before = readFileSync(path);
  leave(disk, minFreeBytes - BLOCK);
  await assert.rejects(library.install(RANDOM_MODEL, { name: "cells", replace: true }), TOO_FULL);
  await assert.rejects(library.install(RANDOM_MODEL, { name: "others" }), TOO_FULL);
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual((await library.list()).filter(({ origin }) => origin === "installed").length, 1);
});

/** A training whose folder is on a disk. */
async function job(disk: string): Promise<TrainingJob> {
  const stage = { batchSize: 8, epochs: 3, validationSplit: 0.1, learningRate: 1e-3 };
  return {
    settings: {
      ...TRAINING_DEFAULTS,
      ...{ set: "set.h5", output: join(disk, "out"), checkpoints: join(disk, "out"), patience: 3 },
      segmentation: stage,
      density: { ...TRAINING_DEFAULTS.density, ...stage },
    },
    resume: false,
    engine: await startOnnxRuntime(),
    source: sourceOf(spotSamples(40, 16)),
    augment,
    isCancelled: () => false,
    onEvent: () => undefined,
  };
}

test("a training does not begin on a disk that is nearly full", { skip }, async (t) => {
  const disk = diskWith(t, minFreeBytes - BLOCK);
  await assert.rejects(train(await job(disk)), TOO_FULL);
  assert.equal(existsSync(join(disk, "out")), false);
});

test("a training whose disk others fill ends at the next checkpoint, keeps the last one, and goes on with room", {
  skip,
}, async (t) => {
  const disk = diskWith(t, minFreeBytes + 16_777_216);
  const begun = await job(disk);
  let epochs = 0;
  const onEvent: TrainingJob["onEvent"] = ({ event }) => {
    if (event === "epoch" && ++epochs === 2) leave(disk, minFreeBytes - BLOCK);
  };
  await assert.rejects(train({ ...begun, onEvent }), TOO_FULL);
  assert.ok(existsSync(checkpointPath(join(disk, "out"))));
  const kept = (await readCheckpoint(join(disk, "out")))!;
  assert.ok(kept.history.length >= 1);
  writeFileSync(join(disk, "filler"), "");
  const model = await train({ ...begun, resume: true });
  assert.ok(existsSync(model));
});
