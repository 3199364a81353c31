import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AtomicFile, writeFileAtomically } from "../../src/base/atomic-file.js";
import { type FolderRule, writeFolderAtomically } from "../../src/base/atomic-folder.js";
import { temporaryPath } from "../../src/base/left-overs.js";
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

/** Starts writing a file, or a folder, in a process that is killed before the end. */
function killedWriting(path: string, what: "file" | "folder"): void {
  const module = (name: string) => new URL(`../../src/base/${name}.js`, import.meta.url).href;
  const script =
    what === "file"
      ? `const { AtomicFile } = await import(${JSON.stringify(module("atomic-file"))});
         await AtomicFile.create(${JSON.stringify(path)});
         process.kill(process.pid, "SIGKILL");`
      : `const { fillFolderAtomically } = await import(${JSON.stringify(module("atomic-folder"))});
         await fillFolderAtomically(${JSON.stringify(path)}, () => true, async () => process.kill(process.pid, "SIGKILL"));`;
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "-e", script]).signal, "SIGKILL");
}

test("what killed processes left is removed by the next one that writes in that folder, and nothing else is", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "result.csv");
  // Each removes what the one before it left.
  for (const [name, kind] of [
    ["result.csv", "file"],
    ["other.csv", "file"],
    ["a folder", "folder"],
  ] as const) {
    killedWriting(join(folder, name), kind);
    assert.equal(readdirSync(folder).filter((left) => left.endsWith(".partial")).length, 1, name);
  }
  await writeFileAtomically(join(folder, "third.csv"), "new");
  assert.deepEqual(readdirSync(folder), ["third.csv"]);
  const living = await AtomicFile.create(path);
  const foreign = ".result.csv.1-ffffff-000000.partial";
  for (const name of [foreign, ".result.csv.mine.partial", ".result.csv.0123456789ab.partial"]) {
    writeFileSync(join(folder, name), "somebody else's");
  }
  const before = new Set(readdirSync(folder));
  await writeFileAtomically(path, "new");
  const after = new Set(readdirSync(folder));
  before.add("result.csv");
  assert.deepEqual(after, before);
  await living.abort();
});

const MODEL: FolderRule = { title: "a model", isOne: () => true };

test("a folder whose writer was killed between two renames is there again when the next one writes", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "model");
  await writeFolderAtomically(path, new Map([["a.txt", Buffer.from("old")]]), MODEL);
  // What a process that has ended had set aside: its number, and this machine's mark.
  const child = spawnSync(process.execPath, ["-e", ""]);
  const own = temporaryPath(path, "replaced");
  const aside = own.replace(`.${process.pid.toString(36)}-`, `.${child.pid.toString(36)}-`);
  renameSync(path, aside);
  await assert.rejects(writeFolderAtomically(path, new Map(), { ...MODEL, isOne: () => false }), {
    code: "OUTPUT_EXISTS",
    message: /a folder with a\.txt in it/,
  });
  assert.deepEqual(readdirSync(folder), ["model"]);
  assert.equal(readFileSync(join(path, "a.txt"), "utf8"), "old");
});
