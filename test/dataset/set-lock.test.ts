import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addTarget, MAP_DEFAULTS } from "../../src/dataset/add.js";
import { compactSet } from "../../src/dataset/compact.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { SampleReader } from "../../src/dataset/training-set.js";
import { fixture } from "../support/dataset.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

// HDF5 locks its files with flock. The command of that name does here what h5py does.
const skip =
  process.platform === "linux" && spawnSync("flock", ["--version"]).status === 0
    ? false
    : "needs Linux and the command flock";

function copyOf(context: Ending): string {
  const path = join(temporaryFolder(context), "set.h5");
  copyFileSync(fixture("two_sets.h5"), path);
  return path;
}

/** Holds a file as HDF5 does that writes it, or reads it. @returns lets it go */
async function held(context: Ending, path: string, kind: "-x" | "-s"): Promise<() => Promise<void>> {
  const other = spawn("flock", ["-n", kind, path, "sh", "-c", "echo held; cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  context.after(() => {
    other.kill();
  });
  await once(other.stdout, "data");
  return async () => {
    other.stdin.end();
    await once(other, "exit");
  };
}

const canBeWritten = (path: string) => spawnSync("flock", ["-n", "-x", path, "true"]).status === 0;
const canBeRead = (path: string) => spawnSync("flock", ["-n", "-s", path, "true"]).status === 0;
const LOCKED = {
  code: "DATASET_LOCKED",
  message: /set\.h5: expected a training set that no other program writes to/,
};
const PLAIN = { shuffle: true, augment: 0, temporal: false, seed: 42 };

test("a set that another program writes to is neither read nor changed nor replaced", { skip }, async (t) => {
  const path = copyOf(t);
  const before = readFileSync(path);
  const letGo = await held(t, path, "-x");
  await assert.rejects(SampleReader.open(path), LOCKED);
  await assert.rejects(compactSet(path, join(path, "..", "out.h5"), PLAIN), LOCKED);
  await assert.rejects(DatasetWriter.extend(path), LOCKED);
  await assert.rejects(DatasetWriter.create(path, true), LOCKED);
  await assert.rejects(compactSet(fixture("two_sets.h5"), path, { ...PLAIN, force: true }), LOCKED);
  await assert.rejects(addTarget(path, "a", `${fixture("two_sets.h5")}:target/alpha`, MAP_DEFAULTS), LOCKED);
  await letGo();
  assert.deepEqual(readFileSync(path), before);
  (await SampleReader.open(path)).close();
});

test("while a set is read or added to, another program can read it but not write", { skip }, async (t) => {
  const path = copyOf(t);
  const set = await SampleReader.open(path);
  assert.deepEqual([canBeRead(path), canBeWritten(path)], [true, false]);
  set.close();
  assert.equal(canBeWritten(path), true);
  const writer = await DatasetWriter.extend(path);
  assert.deepEqual([canBeRead(path), canBeWritten(path)], [true, false]);
  await writer.abort();
  assert.equal(canBeWritten(path), true);
  const again = await DatasetWriter.extend(path);
  await again.commit();
  assert.equal(canBeWritten(path), true);
});

test("a set that another program reads can be added to: the reader keeps the file that it opened", {
  skip,
}, async (t) => {
  const path = copyOf(t);
  const letGo = await held(t, path, "-s");
  const writer = await DatasetWriter.extend(path);
  await writer.commit();
  await letGo();
});

test("the variable with which HDF5 takes no locks holds here too", { skip }, async (t) => {
  const path = copyOf(t);
  const before = process.env.HDF5_USE_FILE_LOCKING;
  t.after(() => {
    if (before === undefined) delete process.env.HDF5_USE_FILE_LOCKING;
    else process.env.HDF5_USE_FILE_LOCKING = before;
  });
  process.env.HDF5_USE_FILE_LOCKING = "FALSE";
  const letGo = await held(t, path, "-x");
  (await SampleReader.open(path)).close();
  await letGo();
});
