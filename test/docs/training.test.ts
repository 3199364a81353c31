import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { runCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";
import { spotSamples } from "../support/training-set.js";

const [FRAMES, SIDE] = [300, 32];

/** The commands of the first block of a page. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(join(packageRoot, "docs", page), "utf8");
  const block = /```\n([\s\S]*?)```/.exec(text)![1]!;
  return block
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
}

async function writeStack(path: string, frames: Float32Array, count: number): Promise<void> {
  const writer = await createStackWriter(path, { width: SIDE, height: SIDE, frames: count, calibration: {} });
  for (let i = 0; i < count; i++) await writer.write(frames.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE));
  await writer.finish();
}

test("docs/training.md as written: from a tif and a csv to a model that counts five times better than a constant", async (context) => {
  const folder = temporaryFolder(context);
  const samples = spotSamples(FRAMES, SIDE, 1);
  await writeStack(join(folder, "stack.tif"), samples.input, FRAMES);
  const rows = samples.emitters.map(({ frame, x, y }) => `${frame},${x},${y}`);
  writeFileSync(join(folder, "truth.csv"), `${["frame,x,y", ...rows].join("\n")}\n`);
  const unseen = spotSamples(100, SIDE, 2);
  await writeStack(join(folder, "other.tif"), unseen.input, 100);
  const commands = commandsOf("training.md");
  assert.equal(commands.length, 5);
  for (const [program, ...args] of commands) {
    assert.equal(program, "defcon-fiji");
    const { code, stderr } = await runCommand(args, folder, folder);
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  }

  const counts = readFileSync(join(folder, "counts", "other.counts.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const truth = Array.from(
    { length: 100 },
    (_, i) => unseen.emitters.filter(({ frame }) => frame === i + 1).length,
  );
  const sorted = truth.toSorted((a, b) => a - b);
  const error = (count: (i: number) => number) =>
    truth.reduce((sum, value, i) => sum + Math.abs(count(i) - value), 0) / truth.length;
  const ours = error((i) => Number(counts[i]!.split(",")[1]));
  const constant = error(() => sorted[50]!);
  assert.ok(5 * ours < constant, `error ${ours}, of the best constant ${constant}`);
  const losses = readFileSync(join(folder, "model", "history.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  for (const stage of ["segmentation", "density"]) {
    const ofStage = losses.filter((row) => row.startsWith(stage)).map((row) => Number(row.split(",")[3]));
    assert.ok(Math.min(...ofStage) < ofStage[0]! / 2, stage);
  }
});
