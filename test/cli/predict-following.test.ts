import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { writeModel } from "../../src/formats/registry.js";
import { openStack } from "../../src/frames/open-stack.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { type JournalName, Recorder } from "../support/journal.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { WINDOW_MODEL } from "../support/window-oracle.js";

function rows(path: string): number[][] {
  const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split(",").map(Number));
}

/** A recording that has begun, and a count that follows it. */
async function following(t: Ending, name: JournalName, followed: string, model: string, ...more: string[]) {
  const folder = temporaryFolder(t);
  const [recording, out] = [join(folder, "recording"), join(folder, "out")];
  const recorder = new Recorder(t, name, recording);
  await recorder.step();
  const input = join(recording, followed);
  const args = ["predict", "--follow", input, "-m", model, "-o", out, "--json", ...more];
  const child: ChildProcess = startCommand(args, folder);
  const end = finished(child);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  /** The number of the next frame that is counted. */
  const counted = async () => JSON.parse((await lines.next()).value as string).frame as number;
  return { folder, recorder, input, out, child, end, counted };
}

/** Compares what was counted while the recording grew with a count of the whole. */
async function sameAsWhole(folder: string, input: string, model: string, counts: string): Promise<void> {
  const whole = join(folder, "whole");
  const { code, stderr } = await runCommand(["predict", input, "-m", model, "-o", whole], folder);
  assert.equal(code, 0, stderr);
  const [a, b] = [rows(counts), rows(join(whole, readdirSync(whole).find((name) => /csv$/.test(name))!))];
  assert.equal(a.length, b.length);
  for (const [i, row] of a.entries()) {
    assert.equal(row[0], i + 1);
    for (const column of [1, 2]) {
      assert.ok(Math.abs(row[column]! - b[i]![column]!) < 1e-4, `frame ${i + 1}: ${row} and ${b[i]}`);
    }
  }
}

test("counts each frame as it comes, and ends in good order when told", async (t) => {
  const { folder, recorder, input, out, child, end, counted } = await following(
    t,
    "classic",
    "run.tif",
    RANDOM_MODEL,
  );
  const counts = join(out, "run.counts.csv");
  for (let frame = 1; frame <= 5; frame++) {
    await recorder.writeFrames(frame);
    assert.equal(await counted(), frame);
    assert.equal(rows(counts).length, frame);
    assert.ok(!existsSync(join(out, "run.density.tif")));
  }
  child.kill("SIGINT");
  const { code, stderr } = await end;
  assert.equal(code, 0, stderr);
  assert.deepEqual(readdirSync(out).sort(), ["run.counts.csv", "run.density.tif"]);
  const maps = await openTifStack(join(out, "run.density.tif"));
  assert.deepEqual([maps.info.frames, maps.info.width, maps.info.height], [5, 20, 16]);
  await maps.close();
  while (!recorder.ended) await recorder.step();
  await sameAsWhole(folder, input, RANDOM_MODEL, counts);
});

test("a model that sees three frames counts one once its follower is there, and the last at the end", async (t) => {
  const model = join(temporaryFolder(t), "windows.onnx");
  await writeModel(model, WINDOW_MODEL);
  const { folder, recorder, input, out, child, end, counted } = await following(
    t,
    "bigtiff",
    "run.tif",
    model,
  );
  await recorder.writeFrames(3);
  assert.deepEqual([await counted(), await counted()], [1, 2]);
  await recorder.writeFrames(5);
  assert.deepEqual([await counted(), await counted()], [3, 4]);
  while (!recorder.ended) await recorder.step();
  child.kill("SIGINT");
  assert.equal((await end).code, 0);
  await sameAsWhole(folder, input, model, join(out, "run.counts.csv"));
});

test("a folder of NDTiff and one of single images are followed too", async (t) => {
  for (const name of ["ndtiff", "images"] as const) {
    const { recorder, out, child, end, counted } = await following(t, name, "", RANDOM_MODEL);
    for (let frame = 1; frame <= 5; frame++) {
      await recorder.writeFrames(frame);
      assert.equal(await counted(), frame);
    }
    child.kill("SIGINT");
    assert.equal((await end).code, 0);
    assert.equal(rows(join(out, "recording.counts.csv")).length, 5);
  }
});

test("OME-Zarr is followed, whether its array grows or has its size from the start, which is its end", async (t) => {
  for (const name of ["zarr04", "zarr05"] as const) {
    const { folder, recorder, input, out, child, end, counted } = await following(
      t,
      name,
      "run.zarr",
      RANDOM_MODEL,
      ...["--as", "ome-zarr"],
    );
    for (let frame = 1; frame <= 5; frame++) {
      await recorder.writeFrames(frame);
      assert.equal(await counted(), frame);
    }
    if (name === "zarr05") child.kill("SIGINT");
    const { code, stderr } = await end;
    assert.equal(code, 0, stderr);
    await sameAsWhole(folder, input, RANDOM_MODEL, join(out, "run.counts.csv"));
    const maps = await openStack(join(out, "run.density.ome.zarr"));
    assert.equal(maps.info.frames, 5);
    await maps.close();
  }
});

test("a channel is chosen and pixels are replaced while a recording is followed", async (t) => {
  const folder = temporaryFolder(t);
  const corpus = join(packageRoot, "test", "data", "frames", "corpus");
  for (const [name, options, told] of [
    ["rgb", ["--channel", "2"], /4 frames/],
    ["not-finite", ["--replace-invalid", "median"], /2 pixels replaced in 2 frames/],
  ] as const) {
    const input = join(corpus, `${name}.tif`);
    const args = ["predict", input, "-m", RANDOM_MODEL, ...options];
    const followed = await runCommand(
      [...args, "--follow", "--idle", "0.1", "-o", join(folder, "followed")],
      folder,
    );
    assert.equal(followed.code, 0, followed.stderr);
    assert.match(followed.stdout + followed.stderr, told);
    assert.equal((await runCommand([...args, "-o", join(folder, "whole")], folder)).code, 0);
    const table = (place: string) =>
      rows(join(folder, place, `${name}.counts.csv`)).map(([frame, count]) => [frame, count]);
    assert.deepEqual(table("followed"), table("whole"));
  }
});

test("ends by itself at the number of frames that the recording announces", async (t) => {
  const { folder, recorder, input, out, end } = await following(t, "imagej", "run.tif", RANDOM_MODEL);
  while (!recorder.ended) await recorder.step();
  assert.equal((await end).code, 0);
  await sameAsWhole(folder, input, RANDOM_MODEL, join(out, "run.counts.csv"));
});

test("--idle ends it without growth; without a whole frame nothing is left", async (t) => {
  const { recorder, out, end } = await following(t, "deflate", "run.tif", RANDOM_MODEL, "--idle", "0.1");
  const { code, stderr } = await end;
  assert.equal(code, 1);
  assert.match(stderr, /expected a recording with a whole frame, found none so far.*\[INPUT_TRUNCATED\]/);
  assert.deepEqual(readdirSync(out), []);
  assert.ok(!recorder.ended);
});

test("options that do not go together are refused, and an earlier table is not replaced", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "run.zarr"));
  const refused: [string[], RegExp][] = [
    [["a.tif", "b.tif", "--follow"], /--follow: expected one recording, found 2 inputs/],
    [["a.tif", "--idle", "3"], /--idle: expected --follow with it/],
    [["a.tif", "--follow", "--index", "1"], /cannot be used with option '--index/],
    [["a.tif", "--follow", "--salvage"], /cannot be used with option '--salvage/],
    [
      [join(folder, "run.zarr"), "--follow", "--channel", "2"],
      /--channel 2: expected a tif with several values a pixel/,
    ],
  ];
  for (const [args, said] of refused) {
    const { code, stderr } = await runCommand(["predict", ...args], folder);
    assert.equal(code, 1);
    assert.match(stderr, said);
  }
  const first = await following(t, "images", "", RANDOM_MODEL, "--idle", "0.1");
  while (!first.recorder.ended) await first.recorder.step();
  await first.end;
  const args = ["predict", "--follow", first.input, "-m", RANDOM_MODEL, "-o", first.out, "--idle", "0.1"];
  assert.equal((await runCommand([...args, "--force"], folder)).code, 0);
  const again = await runCommand(args, folder);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /\[OUTPUT_EXISTS\]/);
});
