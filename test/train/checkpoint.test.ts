import assert from "node:assert/strict";
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { type TestContext, test } from "node:test";
import type { Weights } from "../../src/model/weights.js";
import {
  type Checkpoint,
  checkpointPath,
  earlierCheckpointPath,
  findCheckpoint,
  hasCheckpoint,
  readCheckpoint,
  restoreEarlier,
  writeCheckpoint,
} from "../../src/train/checkpoint.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { mountDisk, withoutMounts } from "../support/fiji.js";
import { randomSource } from "../support/random.js";
import { temporaryFolder } from "../support/temporary.js";

/** A checkpoint of a small network after so many epochs. */
function checkpointAfter(epoch: number): Checkpoint {
  const random = randomSource(epoch);
  const list = (length: number) => Float32Array.from({ length }, () => random.next() - 0.5);
  const weights: Weights = new Map();
  for (const layer of ["conv_1", "conv_2", "density"]) {
    weights.set(`${layer}/bias`, { data: list(4), shape: [4] });
    weights.set(`${layer}/kernel`, { data: list(36), shape: [3, 3, 1, 4] });
  }
  return {
    settings: { ...TRAINING_DEFAULTS, set: "set.h5", output: "out", checkpoints: "out" },
    fingerprint: "samples in memory",
    position: { stage: 0, epoch, batch: 0, lossSum: 0, steps: 5 * epoch, bestLoss: 0.5, epochsSinceBest: 0 },
    history: [],
    weights,
    state: { parameters: list(120), mean: list(120), square: list(120) },
    best: list(120),
  };
}

async function folderAfter(context: TestContext, ...epochs: number[]): Promise<string> {
  const folder = temporaryFolder(context);
  for (const epoch of epochs) await writeCheckpoint(folder, checkpointAfter(epoch));
  return folder;
}

test("the newest checkpoint is read as it was written, and the one before is kept", async (t) => {
  const folder = await folderAfter(t, 1, 2, 3);
  assert.deepEqual(await readCheckpoint(folder), checkpointAfter(3));
  assert.deepEqual(readdirSync(folder).sort(), ["checkpoint-before.h5", "checkpoint.h5"]);
  rmSync(checkpointPath(folder));
  assert.deepEqual(await readCheckpoint(folder), checkpointAfter(2));
});

test("a process killed between the two renames leaves the checkpoint before, and the next one is written", async (t) => {
  const folder = await folderAfter(t, 1, 2);
  renameSync(checkpointPath(folder), earlierCheckpointPath(folder));
  assert.ok(hasCheckpoint(folder));
  const found = (await findCheckpoint(folder))!;
  assert.deepEqual([found.checkpoint, found.damage], [checkpointAfter(2), undefined]);
  await writeCheckpoint(folder, checkpointAfter(3));
  assert.deepEqual(await readCheckpoint(folder), checkpointAfter(3));
  rmSync(checkpointPath(folder));
  assert.deepEqual(await readCheckpoint(folder), checkpointAfter(2));
});

test("a checkpoint with any byte changed gives what was written or the one before, and never anything else", async (t) => {
  const folder = await folderAfter(t, 1, 2);
  const good = readFileSync(checkpointPath(folder));
  const random = randomSource(7);
  let fellBack = 0;
  for (let i = 0; i < 400; i++) {
    const bad = Buffer.from(good);
    const at = random.below(bad.length);
    bad[at] = bad[at]! ^ (1 + random.below(255));
    writeFileSync(checkpointPath(folder), bad);
    const { checkpoint, damage } = (await findCheckpoint(folder))!;
    if (damage) fellBack++;
    assert.deepEqual(checkpoint, checkpointAfter(damage ? 1 : 2), `byte ${at}`);
  }
  assert.ok(fellBack > 100, `${fellBack} of 400`);
});

test("a checkpoint that ends early gives the one before; its damage is named", async (t) => {
  const folder = await folderAfter(t, 1, 2);
  const { length } = readFileSync(checkpointPath(folder));
  for (const share of [0.9, 0.5, 0.1, 0]) {
    truncateSync(checkpointPath(folder), Math.floor(share * length));
    const { checkpoint, damage } = (await findCheckpoint(folder))!;
    assert.deepEqual(checkpoint, checkpointAfter(1));
    assert.match(damage!.message, /checkpoint\.h5: expected a checkpoint of this program/);
  }
  restoreEarlier(folder);
  assert.ok(!existsSync(earlierCheckpointPath(folder)));
  assert.deepEqual(await readCheckpoint(folder), checkpointAfter(1));
  truncateSync(checkpointPath(folder), 100);
  await assert.rejects(findCheckpoint(folder), { code: "TRAINING_STATE" });
});

test("on a disk of any size a checkpoint is written whole or refused, and the one before stays", {
  skip: withoutMounts,
}, async (t) => {
  const outcomes = new Set<string>();
  for (let pages = 4; pages <= 40; pages++) {
    const disk = mountDisk(t, `${4 * pages}k`);
    let last: Checkpoint | undefined;
    for (const epoch of [1, 2, 3]) {
      try {
        await writeCheckpoint(disk, checkpointAfter(epoch));
        last = checkpointAfter(epoch);
        outcomes.add("written");
      } catch (error) {
        assert.equal((error as { code?: string }).code, "OUTPUT_WRITE");
        outcomes.add("refused");
      }
      assert.deepEqual(await readCheckpoint(disk), last);
    }
    assert.deepEqual(
      readdirSync(disk).filter((name) => name.includes("partial")),
      [],
    );
  }
  assert.deepEqual([...outcomes].sort(), ["refused", "written"]);
});
