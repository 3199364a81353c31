import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { openStack } from "../../src/frames/open-stack.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { runCommand } from "../support/command.js";
import { spotStack } from "../support/spot-frames.js";
import { temporaryFolder } from "../support/temporary.js";

/** A model that says how far its counts are to be trusted: what holds for frames passes from shard to shard. */
const MODEL = join(packageRoot, "models", "defcon-fast.onnx");
const FRAMES = 150;

const folder = temporaryFolder({ after });
const [stack, few, whole] = ["spots.tif", "few.tif", "whole"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];

async function writeSpots(path: string, count: number): Promise<void> {
  const { width, height, pixels, frames } = spotStack();
  const writer = await createStackWriter(path, { width, height, frames: count, force: false });
  for (let i = 0; i < count; i++) await writer.write(await pixels((i * 7) % frames));
  await writer.finish();
}

before(async () => {
  await writeSpots(stack, FRAMES);
  await writeSpots(few, 3);
  mkdirSync(whole);
  const { code, stderr } = await runCommand(["predict", stack, few, "-m", MODEL, "-o", whole], folder);
  assert.equal(code, 0, stderr);
});

async function predict(...args: string[]) {
  const result = await runCommand(["predict", stack, "-m", MODEL, ...args], folder);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

function assertSame(output: string, stem = "spots"): void {
  for (const name of [`${stem}.counts.csv`, `${stem}.density.tif`]) {
    assert.ok(
      readFileSync(join(output, name)).equals(readFileSync(join(whole, name))),
      `${name} of ${output}`,
    );
  }
}

test("shards joined are one run, byte for byte", async () => {
  const output = join(folder, "seven");
  for (const i of [3, 1, 2, 7, 6, 5, 4]) await predict("--shard", `${i}/7`, "-o", output);
  const { code, stderr } = await runCommand(["join", stack, "--shards", "7", "-o", output], folder);
  assert.equal(code, 0, stderr);
  assertSame(output);
  assert.equal(readdirSync(output).length, 2 * 7 + 2);

  const again = await runCommand(["join", stack, "--shards", "7", "-o", output], folder);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /--force\. \[OUTPUT_EXISTS\]/);

  const lacking = join(output, "spots.shard-3-of-7.counts.csv");
  rmSync(lacking);
  const refused = await runCommand(["join", stack, "--shards", "7", "-o", output, "--force"], folder);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /spots\.shard-3-of-7\.counts\.csv: .*\[INPUT_NOT_FOUND\]/);
  assertSame(output);

  // A table that was cut in the middle of its rows.
  const rows = readFileSync(join(output, "spots.shard-2-of-7.counts.csv"), "utf8").split("\n");
  writeFileSync(lacking, `${rows.slice(0, 5).join("\n")}\n`);
  const foreign = await runCommand(["join", stack, "--shards", "7", "-o", output, "--force"], folder);
  assert.equal(foreign.code, 1);
  assert.match(foreign.stderr, /expected frames 43 to 64.*\[INPUT_FORMAT\]/);
  assertSame(output);
});

test("shards in OME-Zarr are joined to the files of one run in it, which have its maps", async () => {
  const [parts, output, once] = [join(folder, "parts"), join(folder, "zarr"), join(folder, "zarr-once")];
  const zarr = ["--as", "ome-zarr"];
  await predict(...zarr, "-o", once);
  for (const i of [2, 3, 1]) await predict(...zarr, "--shard", `${i}/3`, "-o", parts);
  const words = ["join", stack, "--shards", "3", ...zarr, "--parts", parts, "-o", output];
  const { code, stderr } = await runCommand(words, folder);
  assert.equal(code, 0, stderr);
  assert.equal(readdirSync(parts).length, 2 * 3);
  const [one, joined] = [once, output].map((path) => join(path, "spots.density.ome.zarr"));
  const names = (path: string) => readdirSync(path, { recursive: true }).map(String).toSorted();
  assert.deepEqual(names(joined!), names(one!));
  for (const name of names(one!).filter((path) => statSync(join(one!, path)).isFile())) {
    assert.ok(readFileSync(join(joined!, name)).equals(readFileSync(join(one!, name))), name);
  }
  for (const path of [once, output]) {
    const table = "spots.counts.csv";
    assert.ok(readFileSync(join(path, table)).equals(readFileSync(join(whole, table))));
  }
  const [maps, same] = await Promise.all([openStack(one!), openStack(join(whole, "spots.density.tif"))]);
  for (const index of [0, 77, FRAMES - 1]) {
    assert.deepEqual((await maps.read(index)).pixels, (await same.read(index)).pixels);
  }
  await Promise.all([maps.close(), same.close()]);
});

test("rows of some frames are those of the whole table", async () => {
  const output = join(folder, "some");
  await predict("--frames", "101-", "-o", output);
  const table = (path: string) => readFileSync(join(path, "spots.counts.csv"), "utf8").trimEnd().split("\n");
  const [head, ...rows] = table(whole);
  assert.deepEqual(table(output), [head, ...rows.slice(100)]);
  await predict("--frames", "70-75", "--shard", "2/2", "-o", output);
  const part = readFileSync(join(output, "spots.shard-2-of-2.counts.csv"), "utf8").trimEnd().split("\n");
  assert.deepEqual(part, [head, ...rows.slice(72, 75)]);
});

test("a shard without frames leaves no files, and joining does without it", async () => {
  const output = join(folder, "more-than-frames");
  let empty = 0;
  for (let i = 1; i <= 4; i++) {
    const { code, stderr } = await runCommand(
      ["predict", few, "-m", MODEL, "--shard", `${i}/4`, "-o", output],
      folder,
    );
    assert.equal(code, 0, stderr);
    if (/no frames for this shard/.test(stderr)) empty++;
  }
  assert.equal(empty, 1);
  assert.equal(readdirSync(output).length, 2 * 3);
  assert.equal((await runCommand(["join", few, "--shards", "4", "-o", output], folder)).code, 0);
  assertSame(output, "few");
});

test("parts that do not belong together are refused by name, and nothing is written", async () => {
  const parts = join(folder, "parts");
  for (const part of ["1/2", "2/2"]) {
    const { code } = await runCommand(["predict", few, "-m", MODEL, "--shard", part, "-o", parts], folder);
    assert.equal(code, 0);
  }
  const counts = join(parts, "few.shard-2-of-2.counts.csv");
  const density = join(parts, "few.shard-2-of-2.density.tif");
  const [rows, maps] = [readFileSync(counts, "utf8"), readFileSync(density)];
  const output = join(folder, "never");
  const refused = async (message: RegExp, of = "2") => {
    const args = ["join", few, "--shards", of, "--parts", parts, "-o", output];
    const { code, stderr } = await runCommand(args, folder);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
    assert.ok(!existsSync(output) || readdirSync(output).length === 0);
  };
  // A shard's own maps in another order are as many, and as large.
  const stackOfMaps = await openStack(density);
  const swapped: Float32Array[] = [];
  for await (const { pixels } of stackOfMaps.frames()) swapped.unshift((pixels as Float32Array).slice());
  const { width, height } = stackOfMaps.info;
  await stackOfMaps.close();
  const writer = await createStackWriter(density, { width, height, frames: swapped.length, force: true });
  for (const map of swapped) await writer.write(map);
  await writer.finish();
  await refused(
    /density\.tif: expected density maps of the shard's table, the 1\. with a sum of .*INPUT_FORMAT/,
  );
  writeFileSync(density, maps);
  for (const table of [
    rows.replace(/^2,.*$/m, "2,garbage"),
    rows.replace(/^2,.*$/m, "2,,,"),
    rows.replace(/^3,/m, "4,"),
    rows.split("\n").slice(0, 2).join("\n"),
    "",
  ]) {
    writeFileSync(counts, table);
    await refused(/shard-2-of-2\.counts\.csv: expected frames 2 to 3.*INPUT_FORMAT/);
  }
  writeFileSync(counts, rows);
  await refused(/shard-0000001-of-1000000|INPUT_NOT_FOUND/, "1000000");
  await refused(/from 1 to 1000000/, "1000000000");
  if (process.platform !== "win32") {
    rmSync(counts);
    execFileSync("mkfifo", [counts]);
    await refused(/expected a shard's table of counts, found a (named )?pipe/);
  }
});

test("frames that a stack does not have, and what is no range, are errors that say what is one", async () => {
  for (const [args, message] of [
    [["--frames", "140-151"], /expected frames from 1 to 150, .*\[INPUT_OPTION\]/],
    [["--frames", "5-4"], /Expected frames such as 101-200 or 101-/],
    [["--frames", "0-4"], /Expected frames such as/],
    [["--shard", "0/4"], /Expected a part such as 3\/8, from 1\/8 to 8\/8/],
    [["--shard", "5/4"], /Expected a part such as/],
    [["--shard", "1/2", "--index", "3"], /cannot be used with/],
  ] as const) {
    const { code, stderr } = await runCommand(["predict", stack, "-m", MODEL, ...args], folder);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  }
});
