import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AtomicFile, writeFileAtomically } from "../../src/base/atomic-file.js";
import { fillFolderAtomically } from "../../src/base/atomic-folder.js";
import { textKind } from "../../src/base/output-place.js";
import { temporaryFolder } from "../support/temporary.js";

const TABLE = textKind("a table of counts", "frame,count");
const OLD = "frame,count\n1,2\n";
const NEW = "frame,count\n1,3\n";

const write = (path: string, force = false) =>
  writeFileAtomically(path, NEW, { replaces: { kind: TABLE, force } });

test("the same kind is replaced with force alone", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  writeFileSync(path, OLD);
  await assert.rejects(write(path), {
    code: "OUTPUT_EXISTS",
    message: `${path}: expected a name that is free, found a table of counts. Choose another name, or replace it with --force.`,
  });
  assert.equal(readFileSync(path, "utf8"), OLD);
  await write(path, true);
  assert.equal(readFileSync(path, "utf8"), NEW);
});

test("another kind is never replaced, and said by what it is", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.csv");
  for (const [content, is] of [
    ["II*\0rest", "a tif file"],
    ["x,y\n1,2\n", 'text that begins with "x,y"'],
    ["", "an empty file"],
  ] as const) {
    writeFileSync(path, content);
    for (const force of [false, true]) {
      await assert.rejects(write(path, force), (error: Error & { code?: string }) => {
        assert.equal(error.code, "OUTPUT_EXISTS");
        assert.ok(error.message.includes(`found ${is}. Nothing was written.`), error.message);
        return true;
      });
    }
    assert.equal(readFileSync(path, "utf8"), content);
  }
  assert.deepEqual(readdirSync(folder), ["a.csv"]);
});

test("named pipes and devices are no places for a file", {
  skip: process.platform === "win32" && "Windows has no such files",
}, async (t) => {
  const folder = temporaryFolder(t);
  const pipe = join(folder, "pipe");
  assert.equal(spawnSync("mkfifo", [pipe]).status, 0);
  for (const path of [pipe, "/dev/null"]) {
    await assert.rejects(write(path, true), { code: "OUTPUT_EXISTS" });
  }
  assert.deepEqual(readdirSync(folder), ["pipe"]);
  assert.ok(lstatSync(pipe).isFIFO() && lstatSync("/dev/null").isCharacterDevice());
});

test("a file that appears while the result is made is left as it is, and the result is kept beside it", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.csv");
  writeFileSync(join(folder, "a-2.csv"), "taken");
  for (const force of [false, true]) {
    const file = await AtomicFile.create(path, undefined, { kind: TABLE, force });
    await file.write(NEW);
    writeFileSync(path, "somebody's");
    const kept = join(folder, force ? "a-4.csv" : "a-3.csv");
    await assert.rejects(file.commit(), (error: Error & { code?: string }) => {
      assert.equal(error.code, "OUTPUT_EXISTS");
      assert.ok(error.message.endsWith(`The result is ${kept}.`), error.message);
      return true;
    });
    assert.equal(readFileSync(path, "utf8"), "somebody's");
    assert.equal(readFileSync(kept, "utf8"), NEW);
    renameSync(path, join(folder, `moved-${force}`));
  }
  assert.equal(readFileSync(join(folder, "a-2.csv"), "utf8"), "taken");
});

test("a file that is written again while its successor is made is not replaced by it", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.csv");
  writeFileSync(path, OLD);
  const file = await AtomicFile.create(path, undefined, { kind: TABLE, force: true });
  await file.write(NEW);
  writeFileSync(path, `${OLD}2,5\n`);
  await assert.rejects(file.commit(), { code: "OUTPUT_EXISTS", message: /The result is .*a-2\.csv/ });
  assert.equal(readFileSync(path, "utf8"), `${OLD}2,5\n`);
  assert.deepEqual(readdirSync(folder).sort(), ["a-2.csv", "a.csv"]);
});

test("a link stays a link, and the file that it leads to is replaced", {
  skip: process.platform === "win32" && "Windows asks for a right to make links",
}, async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "disk"));
  writeFileSync(join(folder, "disk", "b.csv"), OLD);
  symlinkSync(join("disk", "b.csv"), join(folder, "a.csv"));
  await write(join(folder, "a.csv"), true);
  assert.ok(lstatSync(join(folder, "a.csv")).isSymbolicLink());
  assert.equal(readFileSync(join(folder, "disk", "b.csv"), "utf8"), NEW);
  symlinkSync("nowhere", join(folder, "c.csv"));
  await assert.rejects(write(join(folder, "c.csv"), true), { message: /a link that leads to no file/ });
});

test("a folder that appears while the result is made is left as it is, and the result is kept beside it", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "run");
  const rule = { title: "a simulation", isOne: (paths: readonly string[]) => paths.join() === "a.txt" };
  const fill = async (fresh: string) => {
    writeFileSync(join(fresh, "a.txt"), "ours");
    mkdirSync(path);
    writeFileSync(join(path, "thesis.txt"), "somebody's");
  };
  await assert.rejects(fillFolderAtomically(path, { ...rule, force: true }, fill), {
    code: "OUTPUT_EXISTS",
    message: /The result is .*run-2\./,
  });
  assert.equal(readFileSync(join(path, "thesis.txt"), "utf8"), "somebody's");
  assert.equal(readFileSync(join(folder, "run-2", "a.txt"), "utf8"), "ours");
});
