import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fillFolderAtomically } from "../../src/base/atomic-folder.js";
import { DefconError } from "../../src/base/errors.js";
import { temporaryFolder } from "../support/temporary.js";

test("a folder shows itself when it is filled, and takes the place of one that may be replaced", async (t) => {
  const parent = temporaryFolder(t);
  const path = join(parent, "deep", "result");
  for (const content of ["first", "second"]) {
    await fillFolderAtomically(
      path,
      { title: "a result", isOne: (names) => names.every((name) => name === "a.txt"), force: true },
      async (folder) => {
        writeFileSync(join(folder, "a.txt"), content);
        const shown = content === "first" ? [] : ["result"];
        assert.deepEqual(
          readdirSync(join(parent, "deep")).filter((name) => !name.startsWith(".")),
          shown,
        );
      },
    );
    assert.equal(readFileSync(join(path, "a.txt"), "utf8"), content);
    assert.deepEqual(readdirSync(join(parent, "deep")), ["result"]);
  }
});

test("a folder with something else in it is refused before anything is done", async (t) => {
  const parent = temporaryFolder(t);
  const path = join(parent, "result");
  mkdirSync(path);
  writeFileSync(join(path, "thesis.txt"), "years");
  const fill = () => assert.fail("filled");
  await assert.rejects(
    fillFolderAtomically(path, { title: "a result", isOne: () => false, force: true }, fill),
    { code: "OUTPUT_EXISTS", message: /thesis\.txt/ },
  );
  assert.deepEqual(readdirSync(path), ["thesis.txt"]);
});

test("what goes wrong while a folder is filled leaves what was there, and is told as it is", async (t) => {
  const parent = temporaryFolder(t);
  const path = join(parent, "result");
  mkdirSync(path);
  writeFileSync(join(path, "a.txt"), "old");
  const fill = async (folder: string) => {
    writeFileSync(join(folder, "a.txt"), "new");
    throw new DefconError("CANCELLED", { subject: "cancelled" });
  };
  await assert.rejects(
    fillFolderAtomically(path, { title: "a result", isOne: () => true, force: true }, fill),
    { code: "CANCELLED" },
  );
  assert.deepEqual(readdirSync(parent), ["result"]);
  assert.equal(readFileSync(join(path, "a.txt"), "utf8"), "old");
});
