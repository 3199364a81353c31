import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AtomicFile, writeFileAtomically } from "../../src/base/atomic-file.js";
import { temporaryFolder } from "../support/temporary.js";

test("shows nothing under the final name before the commit, and all of it after", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "deep", "result.csv");
  const file = await AtomicFile.create(path);
  await file.write("one\n");
  await file.write("two\n");
  assert.ok(!readdirSync(join(folder, "deep")).includes("result.csv"));
  await file.commit();
  assert.deepEqual(readdirSync(join(folder, "deep")), ["result.csv"]);
  assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
});

test("an abort leaves the old file and no other", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "result.csv");
  writeFileSync(path, "old");
  const file = await AtomicFile.create(path);
  await file.write("new");
  await file.abort();
  assert.deepEqual(readdirSync(folder), ["result.csv"]);
  assert.equal(readFileSync(path, "utf8"), "old");
});

test("a process killed in the middle of writing leaves the old file", (t) => {
  const path = join(temporaryFolder(t), "result.csv");
  writeFileSync(path, "old");
  const module = new URL("../../src/base/atomic-file.js", import.meta.url).href;
  const script = `const { AtomicFile } = await import(${JSON.stringify(module)});
    const file = await AtomicFile.create(${JSON.stringify(path)});
    await file.write("new");
    process.kill(process.pid, "SIGKILL");`;
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "-e", script]).signal, "SIGKILL");
  assert.equal(readFileSync(path, "utf8"), "old");
});

test("a place that cannot be written is named, with what to do", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "file"), "");
  const path = join(folder, "file", "result.csv");
  await assert.rejects(writeFileAtomically(path, "x"), (error: Error & { code?: string }) => {
    assert.equal(error.code, "OUTPUT_WRITE");
    assert.ok(error.message.startsWith(path));
    assert.match(error.message, /Choose another folder/);
    return true;
  });
});

test("a folder in the file's place is told before anything is written", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "result.csv");
  mkdirSync(path);
  await assert.rejects(AtomicFile.create(path), {
    code: "OUTPUT_WRITE",
    message: /found a folder of that name/,
  });
  assert.deepEqual(readdirSync(folder), ["result.csv"]);
});
