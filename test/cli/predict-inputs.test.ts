import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { PNG } from "pngjs";
import { TrainingSet } from "../../src/api/training-set.js";
import { readModel } from "../../src/formats/registry.js";
import { openStack } from "../../src/frames/open-stack.js";
import { runCommand } from "../support/command.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const STACK = oracleStacks()[0]!.path;

/** Files that are named like stacks, by name: what they hold, and what must be said of them. */
const STRANGE: readonly [name: string, content: Uint8Array | string, said: RegExp][] = [
  [
    "picture.tif",
    PNG.sync.write(new PNG({ width: 4, height: 4 })),
    /found a PNG picture\. Save the raw frames/,
  ],
  ["packed.tif", gzipSync("II*\0"), /found a gzip archive\. Unpack it/],
  [
    "page.tif",
    "<!DOCTYPE html>\n<html><body>Sign in</body></html>",
    /found a web page \(HTML\)\. A download/,
  ],
  [
    "pointer.tif",
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    /found a pointer of Git LFS.*git lfs pull/,
  ],
  ["note.tif", "see the other disk\n", /found text that begins with "see the other disk"/],
  ["empty.tif", "", /found an empty file/],
  ["zeros.tif", new Uint8Array(4096), /found zeros at its start/],
];

test("one bad input stops no other: each is said in a sentence of its own, and exit code 1 at the end", async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, "out");
  for (const [name, content] of STRANGE) writeFileSync(join(folder, name), content);
  mkdirSync(join(folder, "folder"));
  const [first, last] = [join(folder, "a.tif"), join(folder, "z.tif")];
  for (const path of [first, last]) copyFileSync(STACK, path);
  const long = `${"x".repeat(300)}.tif`;
  const bad: [string, RegExp][] = [
    ...STRANGE.map(([name, , said]): [string, RegExp] => [name, said]),
    ["none.tif", /found no file of that name\. Check the path/],
    ["*.tif", /found no file that matches this pattern\. Check the folder and the ending/],
    ["folder", /found a folder\. Name the file in it/],
    [long, /found a name that is too long/],
  ];
  const inputs = [first, ...bad.map(([name]) => join(folder, name)), last];
  const { code, stderr } = await runCommand(["predict", ...inputs, "-m", RANDOM_MODEL, "-o", out], folder);
  assert.equal(code, 1);
  const lines = stderr
    .trimEnd()
    .split("\n")
    .filter((line) => line.startsWith("defcon-fiji: "));
  assert.equal(lines.length, bad.length, stderr);
  for (const [i, [name, said]] of bad.entries()) {
    assert.match(lines[i]!, said);
    if (name !== long) assert.ok(lines[i]!.includes(join(folder, name)), lines[i]);
  }
  assert.match(stderr, new RegExp(`${bad.length} of ${inputs.length} inputs were not counted`));
  assert.deepEqual(readdirSync(out).sort(), [
    "a.counts.csv",
    "a.density.tif",
    "z.counts.csv",
    "z.density.tif",
  ]);
});

test("named pipes and devices are refused at once, by every reader", {
  skip: process.platform === "win32" && "Windows has no such files",
}, async (t) => {
  const folder = temporaryFolder(t);
  const pipe = (name: string) => {
    const path = join(folder, name);
    assert.equal(spawnSync("mkfifo", [path]).status, 0);
    return path;
  };
  const found = { code: "INPUT_NOT_FOUND", message: /found a named pipe \(FIFO\)\. Save the data to a file/ };
  for (const name of ["p.tif", "p.npy", "p.npz", "p.h5"]) {
    const path = pipe(name);
    await assert.rejects(openStack(name === "p.h5" ? `${path}:input/a` : path), found, basename(path));
  }
  for (const name of ["m.onnx", "m.h5"]) await assert.rejects(readModel(pipe(name)), found);
  await assert.rejects(TrainingSet.open(pipe("set.h5")), found);
  await assert.rejects(openStack("/dev/null"), { code: "INPUT_NOT_FOUND", message: /found a device/ });
});

test("a result whose name is too long is refused with what to do", async (t) => {
  const folder = temporaryFolder(t);
  const input = join(folder, `${"x".repeat(248)}.tif`);
  copyFileSync(STACK, input);
  const { code, stderr } = await runCommand(["predict", input, "-m", RANDOM_MODEL], folder);
  assert.equal(code, 1);
  assert.match(stderr, /found a name that is too long for this system\. Shorten the name\. \[OUTPUT_WRITE\]/);
  assert.deepEqual(readdirSync(folder), [basename(input)]);
  assert.ok(existsSync(input));
});
