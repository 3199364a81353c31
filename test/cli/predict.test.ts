import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { encodeNpy } from "../../src/frames/npy.js";
import { openStack } from "../../src/frames/open-stack.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { collect } from "../support/collect.js";
import { EXECUTABLE, finished, runCommand, startCommand } from "../support/command.js";
import { maxDifference, oracleStacks, RANDOM_MODEL, REFERENCE, withoutReference } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

/** Rows of a counts.csv. */
function rows(path: string): number[][] {
  const [head, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  assert.match(head!, /^frame,count,max_local_count,/);
  return lines.map((line) => line.split(",").map(Number));
}

test("writes a density stack and a table of counts for each input, as TensorFlow counts them", async (t) => {
  const folder = temporaryFolder(t);
  const stacks = oracleStacks();
  const inputs = stacks.map(({ path }) => path);
  const { code, stderr } = await runCommand(["predict", ...inputs, "-m", RANDOM_MODEL, "-o", folder], folder);
  assert.equal(code, 0, stderr);
  assert.equal(readdirSync(folder).length, 2 * stacks.length);
  for (const { pixelType, frames, width, height, density, count, maxLocalCount } of stacks) {
    const table = rows(join(folder, `stack_${pixelType}.counts.csv`));
    assert.deepEqual(
      table.map(([frame]) => frame),
      count.map((_, i) => i + 1),
    );
    for (const [i, row] of table.entries()) {
      assert.ok(Math.abs(row[1]! - count[i]!) < 1e-3 && Math.abs(row[2]! - maxLocalCount["7"][i]!) < 1e-3);
    }
    const stack = await openTifStack(join(folder, `stack_${pixelType}.density.tif`));
    assert.deepEqual([stack.info.frames, stack.info.pixelType], [frames, "float32"]);
    for (const [i, map] of (await collect(stack.frames())).entries()) {
      const expected = density.subarray(i * width * height, (i + 1) * width * height);
      assert.ok(maxDifference(map.pixels, expected) < 1e-4);
    }
    await stack.close();
  }
});

test("counts the original's frames as the original does", { skip: withoutReference }, async (t) => {
  const folder = temporaryFolder(t);
  const model = join(folder, "defcon.onnx");
  assert.equal((await runCommand(["import", REFERENCE.model, "-o", model], folder)).code, 0);
  const { code } = await runCommand(["predict", REFERENCE.frames, "-m", model, "-o", folder], folder);
  assert.equal(code, 0);
  const table = rows(join(folder, "test_data.counts.csv"));
  assert.equal(table.length, 10);
  for (const i of [0, 1, 2]) {
    assert.ok(Math.abs(table[i]![1]! - REFERENCE.counts[i]!) < 1e-3);
    assert.ok(Math.abs(table[i]![2]! - REFERENCE.maxLocalCounts[i]!) < 1e-3);
  }
});

test("--json prints a line a frame, --index counts one frame, --pool changes the window", async (t) => {
  const folder = temporaryFolder(t);
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
  const args = [
    "predict",
    stack.path,
    "-m",
    RANDOM_MODEL,
    "-o",
    folder,
    "--json",
    "--index",
    "3",
    "--pool",
    "5",
  ];
  const { code, stdout } = await runCommand(args, folder);
  assert.equal(code, 0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 1);
  assert.deepEqual(Object.keys(lines[0]), [
    ...["file", "frame", "count", "max_local_count"],
    // The stack has four channels.
    ...["channel", "slice", "time"],
  ]);
  assert.deepEqual([lines[0].channel, lines[0].slice, lines[0].time], [3, 1, 1]);
  assert.equal(lines[0].frame, 3);
  assert.ok(Math.abs(lines[0].count - stack.count[2]!) < 1e-3);
  assert.ok(Math.abs(lines[0].max_local_count - stack.maxLocalCount["5"][2]!) < 1e-3);
  assert.deepEqual(
    rows(join(folder, "stack_uint16.counts.csv")).map(([frame]) => frame),
    [3],
  );
});

/** A stack that takes long enough to count for a test to come in between. */
async function writeLongStack(folder: string): Promise<string> {
  const path = join(folder, "long.tif");
  const [width, height, frames] = [256, 256, 400];
  const writer = await createStackWriter(path, { width, height, frames });
  const pixels = Float32Array.from({ length: width * height }, (_, i) => (i * 7919) % 251);
  for (let i = 0; i < frames; i++) await writer.write(pixels);
  await writer.finish();
  return path;
}

test("Ctrl-C leaves no half file and the results of an earlier run as they were", async (t) => {
  const folder = temporaryFolder(t);
  const input = await writeLongStack(folder);
  const results = join(folder, "results");
  mkdirSync(results);
  const earlier = "frame,count,max_local_count\n1,2,3\n";
  writeFileSync(join(results, "long.counts.csv"), earlier);
  const args = ["predict", input, "-m", RANDOM_MODEL, "-o", results, "--json", "--force"];
  const child = startCommand(args, folder);
  const end = finished(child);
  await once(child.stdout!, "data");
  child.kill("SIGINT");
  assert.equal((await end).code, 130);
  assert.deepEqual(readdirSync(results), ["long.counts.csv"]);
  assert.equal(readFileSync(join(results, "long.counts.csv"), "utf8"), earlier);
});

test("a reader of --json that goes away ends the count, which leaves no half file", async (t) => {
  const folder = temporaryFolder(t);
  const input = await writeLongStack(folder);
  const results = join(folder, "results");
  const child = startCommand(["predict", input, "-m", RANDOM_MODEL, "-o", results, "--json"], folder);
  const end = finished(child);
  await once(child.stdout!, "data");
  child.stdout!.destroy();
  const { code, stderr } = await end;
  assert.equal(code, 130);
  assert.equal(stderr, "cancelled; the stack that was being counted left no files\n");
  assert.deepEqual(readdirSync(results), []);
});

test("a terminal that is closed ends the count, which leaves no half file", {
  skip: process.platform !== "linux" && "needs script of util-linux",
}, async (t) => {
  const folder = temporaryFolder(t);
  const input = await writeLongStack(folder);
  const results = join(folder, "results");
  const count = `echo process $$; exec "${process.execPath}" "${EXECUTABLE}" predict "${input}" -m "${RANDOM_MODEL}" -o "${results}"`;
  const env = { ...process.env, DEFCON_FIJI_HOME: folder, SHELL: "/bin/sh" };
  const terminal = spawn("script", ["-qfec", count, "/dev/null"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let shown = "";
  await new Promise<void>((resolve) => {
    terminal.stdout.on("data", (text) => {
      shown += text;
      if (shown.includes("frames/s")) resolve();
    });
  });
  assert.equal(readdirSync(results).length, 2);
  terminal.kill("SIGKILL");
  const pid = Number(/process (\d+)/.exec(shown)![1]);
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(readdirSync(results), []);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a count with no stream on the terminal outlives it, as with nohup", {
  skip: process.platform === "win32" && "Windows has no such signals",
}, async (t) => {
  const folder = temporaryFolder(t);
  const input = await writeLongStack(folder);
  const child = startCommand(["predict", input, "-m", RANDOM_MODEL, "--json"], folder);
  const end = finished(child);
  await once(child.stdout!, "data");
  child.kill("SIGHUP");
  const { code, stdout } = await end;
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd().split("\n").length, 400);
});

test("messages that nobody can be told end neither in a loop nor in lost results", {
  skip: !existsSync("/dev/full") && "needs /dev/full",
}, (t) => {
  const folder = temporaryFolder(t);
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(
    process.execPath,
    [EXECUTABLE, "predict", oracleStacks()[0]!.path, "-m", RANDOM_MODEL, "-o", folder],
    { stdio: ["ignore", "ignore", full], timeout: 60_000, killSignal: "SIGKILL" },
  );
  closeSync(full);
  assert.equal(status, 1);
  assert.equal(readdirSync(folder).length, 2);
});

test("without a model's name the shipped defcon counts; defcon-fast is there by name", async (t) => {
  const folder = temporaryFolder(t);
  const stack = oracleStacks()[0]!.path;
  const counts = async (...args: string[]) => {
    const out = join(folder, `out${args.length}${args.at(-1) ?? ""}`);
    const { code, stderr } = await runCommand(["predict", stack, ...args, "-o", out, "--force"], folder);
    assert.equal(code, 0, stderr);
    return readFileSync(join(out, readdirSync(out).find((name) => name.endsWith(".csv"))!), "utf8");
  };
  assert.equal(await counts(), await counts("-m", "defcon"));
  assert.notEqual(await counts("-m", "defcon-fast"), await counts());
});

test("bad input is named, with what to do, and writes nothing", async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, "out");
  const stack = oracleStacks()[0]!.path;
  const cases: [string[], RegExp][] = [
    [[join(folder, "none.tif"), "-m", RANDOM_MODEL], /none\.tif.*\[INPUT_NOT_FOUND\]/],
    [[RANDOM_MODEL, "-m", RANDOM_MODEL], /random_defcon\.h5: expected the path of one.*\[INPUT_OPTION\]/],
    [[stack, "-m", join(folder, "none.onnx")], /none\.onnx: expected a model's name.*\[MODEL_NOT_FOUND\]/],
    [[stack, "-m", RANDOM_MODEL, "--index", "99"], /frame 99: expected frames from 1 to 3.*\[INPUT_OPTION\]/],
    [
      [stack, stack.replace(".tif", ".TIF"), "-m", RANDOM_MODEL],
      /results have different names.*\[INPUT_OPTION\]/,
    ],
    [[stack, "--pool", "0"], /whole number of at least 1, found 0/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await runCommand(["predict", ...args, "-o", out], folder);
    assert.equal(code, 1);
    assert.match(stderr.replaceAll("\n", " "), expected);
    assert.ok(!readdirSync(folder).includes("out") || readdirSync(out).length === 0);
  }
});

test("counts arrays of numpy and HDF5 as the same frames in a stack, and writes maps for numpy", async (t) => {
  const folder = temporaryFolder(t);
  const { pixels, width, height, frames, count, density } = oracleStacks().find(
    ({ pixelType }) => pixelType === "float32",
  )!;
  const shape = [frames, height, width];
  writeFileSync(join(folder, "frames.npy"), encodeNpy(pixels as Float32Array, shape));
  const run = ["predict", join(folder, "frames.npy"), "-m", RANDOM_MODEL, "--as", "npy"];
  const { code, stdout, stderr } = await runCommand(run, folder);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /frames\.density\.npy/);
  const table = rows(join(folder, "frames.counts.csv"));
  for (const [i, row] of table.entries()) assert.ok(Math.abs(row[1]! - count[i]!) < 1e-3);
  const maps = await openStack(join(folder, "frames.density.npy"));
  assert.deepEqual([maps.info.frames, maps.info.height, maps.info.width], shape);
  for (const [i, map] of (await collect(maps.frames())).entries()) {
    const expected = density.subarray(i * width * height, (i + 1) * width * height);
    assert.ok(maxDifference(map.pixels, expected) < 1e-4);
  }
  await maps.close();
});

/** Small tifs as other programs write them: scripts/oracle/corpus_tif.py --small. */
const CORPUS = join(packageRoot, "test", "data", "frames", "corpus");

test("channels, slices and times are columns; damage and colours are counted where that is told", async (t) => {
  const folder = temporaryFolder(t);
  const predict = (name: string, ...more: string[]) =>
    runCommand(["predict", join(CORPUS, `${name}.tif`), "-m", RANDOM_MODEL, "-o", folder, ...more], folder);
  assert.equal((await predict("ome-ctzyx")).code, 0);
  const [head, ...lines] = readFileSync(join(folder, "ome-ctzyx.counts.csv"), "utf8").trimEnd().split("\n");
  assert.match(head!, /,unlike_training,channel,slice,time$/);
  const places = lines.map((line) => line.split(",").slice(-3).join(" "));
  assert.deepEqual(places.slice(0, 7), ["1 1 1", "1 2 1", "1 3 1", "1 1 2", "1 2 2", "1 3 2", "2 1 1"]);
  const maps = await openTifStack(join(folder, "ome-ctzyx.density.tif"));
  assert.deepEqual(maps.info.layout, { channels: 2, slices: 3, timePoints: 2 });
  assert.deepEqual([maps.info.calibration.unit, maps.info.calibration.pixelWidth], ["µm", 0.16]);
  await maps.close();
  for (const [name, options, told] of [
    ["rgb", ["--channel", "2"], /4 frames/],
    ["half-a-page", ["--salvage"], /cut off or damaged after 3 frames/],
    ["not-finite", ["--replace-invalid", "median"], /2 pixels replaced in 2 frames/],
  ] as const) {
    const { code, stdout, stderr } = await predict(name, ...options);
    assert.equal(code, 0, stderr);
    assert.match(stdout + stderr, told);
  }
  const { code, stderr } = await predict("not-finite", "--force");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /x 4, y 3: .*Read the file with --replace-invalid median, or .*Process > Math > Max\.\.\./,
  );
});
