import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { AtomicFile, writeFileAtomically } from "../../src/base/atomic-file.js";
import { FolderLock } from "../../src/base/folder-lock.js";
import { hasEnded, START } from "../../src/base/running-process.js";
import { temporaryFolder } from "../support/temporary.js";

const ended = spawnSync(process.execPath, ["-e", ""]).pid;
/** Before the machine's start, by the clock: as after the clock was set forward. */
const LONG_AGO = Date.now() - 1000 * uptime() - 3_600_000;
const withoutStart: string | false = START === "" && "the system does not tell its starts apart";

const WORDS = { name: ".lock", busy: (_: string, holders: string) => new Error(`held by ${holders}`) };
const lock = (folder: string) =>
  FolderLock.acquire(folder, 50, { ...WORDS, failed: (cause) => new Error(String(cause)) });

test("what a process left is another's once the machine has started again, whatever its number is now", () => {
  assert.equal(hasEnded(ended, { since: Date.now() }), true);
  assert.equal(hasEnded(process.pid, { since: Date.now() }), false);
  assert.equal(hasEnded(process.pid, { since: LONG_AGO }), true);
});

test("where the machine's start is known, the clock decides nothing", { skip: withoutStart }, () => {
  for (const since of [0, LONG_AGO, Date.now(), Date.now() + 1e9]) {
    assert.equal(hasEnded(process.pid, { start: START, since }), false);
    assert.equal(hasEnded(process.pid, { start: "ffffff", since }), true);
    assert.equal(hasEnded(ended, { start: START, since }), true);
  }
});

test("a lock that is held stays one when the clock is set", { skip: withoutStart }, async (t) => {
  const folder = temporaryFolder(t);
  const held = await lock(folder);
  const [holder] = readdirSync(join(folder, ".lock"));
  for (const at of [0, LONG_AGO / 1000, Date.now() / 1000 + 1e6]) {
    utimesSync(join(folder, ".lock", holder!), at, at);
    await assert.rejects(lock(folder), /held by process/);
  }
  held.release();
  (await lock(folder)).release();
});

test("a lock of the machine's last start does not last, though its number is in use", {
  skip: withoutStart,
}, async (t) => {
  const folder = temporaryFolder(t);
  const held = await lock(folder);
  const [holder] = readdirSync(join(folder, ".lock"));
  writeFileSync(join(folder, ".lock", holder!), "ffffff");
  (await lock(folder)).release();
  held.release();
  assert.deepEqual(readdirSync(folder), []);
});

test("a file that is being written stays when the clock is set, one of the last start goes", {
  skip: withoutStart,
}, async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "result.csv");
  const file = await AtomicFile.create(path);
  await file.write("whole");
  utimesSync(file.temporaryPath, LONG_AGO / 1000, LONG_AGO / 1000);
  const before = file.temporaryPath.replace(`-${START}-`, "-ffffff-");
  assert.notEqual(before, file.temporaryPath);
  writeFileSync(before, "of the machine's last start");
  await writeFileAtomically(join(folder, "other.csv"), "x");
  assert.ok(existsSync(file.temporaryPath));
  assert.ok(!existsSync(before));
  await file.commit();
  assert.deepEqual(readdirSync(folder).sort(), ["other.csv", "result.csv"]);
});
