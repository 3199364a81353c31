import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";
import { createStackWriter } from "../../../src/frames/stack-writer.js";
import { EXECUTABLE, runCommand } from "../../support/command.js";
import { ScaleVenv } from "../../support/scale-venv.js";
import { spotStack } from "../../support/spot-frames.js";
import { temporaryFolder } from "../../support/temporary.js";

const venv = new ScaleVenv("ray");

const MODEL = join(packageRoot, "models", "defcon-fast.onnx");
const STACKS = 20;

/** What the pool told: stacks with their frames and errors, and the workers lost and killed. */
interface Told {
  told: [stack: string, frames: number, error: [code: string, message: string] | null][];
  lost: number;
  killed: number;
  /** Runs of a killed worker that went on. */
  left: number[];
}

suite("an experiment on a Ray cluster", { skip: venv.missing }, () => {
  const folder = temporaryFolder({ after });
  const stacks = Array.from({ length: STACKS }, (_, i) => join(folder, `run_${i + 1}.tif`));
  const whole = join(folder, "whole");
  /** More frames than are judged one by one, so that shards depend on those before them. */
  const framesOf = (stack: number) => (stack === 0 ? 150 : 3 + (stack % 4));

  before(async () => {
    for (const [i, path] of stacks.entries()) {
      const { width, height, pixels, frames } = spotStack(i + 1);
      const calibration = { pixelWidth: 0.1, pixelHeight: 0.1, unit: "µm" };
      const writer = await createStackWriter(path, { width, height, frames: framesOf(i), calibration });
      for (let frame = 0; frame < framesOf(i); frame++) await writer.write(await pixels(frame % frames));
      await writer.finish();
    }
    const { code, stderr } = await runCommand(["predict", ...stacks, "-m", MODEL, "-o", whole], folder);
    assert.equal(code, 0, stderr);
  });

  const count = (settings: Record<string, unknown>) =>
    venv.run<Told>(
      "count_archive.py",
      JSON.stringify({
        ...{ stacks, model: MODEL, workers: 2, shards: 1, density: "tif", kill: false },
        program: [process.execPath, EXECUTABLE],
        ...settings,
      }),
    );

  function assertSame(output: string, expected = whole): void {
    const names = (path: string) => readdirSync(path, { recursive: true }).map(String).toSorted();
    assert.deepEqual(names(output), names(expected));
    for (const name of names(expected)) {
      if (!statSync(join(expected, name)).isFile()) continue;
      assert.ok(readFileSync(join(output, name)).equals(readFileSync(join(expected, name))), name);
    }
  }

  test("20 stacks have the files of one local run, in order, though a worker was killed", async () => {
    const output = join(folder, "killed");
    const { told, lost, killed, left } = await count({ output, kill: true });
    assert.deepEqual(
      told,
      stacks.map((stack, i) => [stack, framesOf(i), null]),
    );
    assert.deepEqual({ lost, killed, left }, { lost: 1, killed: 1, left: [] });
    assertSame(output);
  });

  test("a stack in parts has the files of one run, though a worker was killed", async () => {
    const once = join(folder, "once");
    const zarr = ["--as", "ome-zarr"];
    const run = await runCommand(["predict", stacks[0]!, "-m", MODEL, ...zarr, "-o", once], folder);
    assert.equal(run.code, 0, run.stderr);
    const output = join(folder, "parts");
    const of = { stacks: stacks.slice(0, 1), density: "ome-zarr" };
    const { told, killed, left } = await count({ ...of, output, shards: 4, kill: true });
    assert.deepEqual(told, [[stacks[0], 150, null]]);
    assert.deepEqual({ killed, left }, { killed: 1, left: [] });
    assertSame(output, once);
  });

  test("a stack over which every worker dies is given up after three", async () => {
    // The parent of the program is the worker.
    const program = ["sh", "-c", "kill -9 $PPID"];
    const output = join(folder, "given-up");
    const { told, lost } = await count({ stacks: stacks.slice(0, 1), output, workers: 1, program });
    assert.deepEqual(
      told.map(([stack, frames, error]) => [stack, frames, error?.[0]]),
      [[stacks[0], 0, "CONNECTION_LOST"]],
    );
    assert.match(told[0]![2]![1], /found 3 that died over part 1 of 1/);
    assert.equal(lost, 3);
  });

  test("a stack that cannot be counted is told in its place, and nothing there is replaced", async () => {
    const [broken, output] = [join(folder, "broken.tif"), join(folder, "some")];
    writeFileSync(broken, "no tif");
    mkdirSync(output);
    writeFileSync(join(output, "run_2.counts.csv"), "frame,count,max_local_count\n");
    const { told } = await count({ stacks: [stacks[2], broken, stacks[1]], output });
    assert.deepEqual(
      told.map(([stack, frames, error]) => [stack, frames, error?.[0]]),
      [
        [stacks[2], framesOf(2), undefined],
        [broken, 0, "INPUT_FORMAT"],
        [stacks[1], 0, "OUTPUT_EXISTS"],
      ],
    );
    assert.deepEqual(readdirSync(output).toSorted(), [
      ...["run_2.counts.csv", "run_3.counts.csv", "run_3.density.tif"],
    ]);
  });
});
