import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { EMITTERS, fixture } from "../support/dataset.js";
import { temporaryFolder } from "../support/temporary.js";

/** A folder, and `dataset` run in it. */
function workplace(t: TestContext) {
  const folder = temporaryFolder(t);
  const run = (...args: string[]) => runCommand(["dataset", ...args], folder);
  const truth = join(folder, "truth.csv");
  const rows = EMITTERS.flatMap((emitters, i) => emitters.map(([x, y]) => `${i + 1},${x},${y}`));
  writeFileSync(truth, `frame,x,y\n${rows.join("\n")}\n`);
  return { folder, run, truth, set: join(folder, "set.h5") };
}

/** A set with frames in it, and a long stack that takes a while to add. */
async function longWork(t: TestContext) {
  const { folder, run, set, truth } = workplace(t);
  await run("new", set);
  assert.equal((await run("add", set, "first", fixture("uint8.tif"), truth)).code, 0);
  const long = join(folder, "long.tif");
  const frames = 600;
  const writer = await createStackWriter(long, { width: 256, height: 256, frames });
  const pixels = new Float32Array(256 * 256).fill(0.5);
  for (let i = 0; i < frames; i++) await writer.write(pixels);
  await writer.finish();
  const partial = () => readdirSync(folder).find((name) => name.endsWith(".partial"));
  /** Starts to add and resolves when some frames are written. */
  const begin = async () => {
    const child = startCommand(["dataset", "add", set, "second", long, truth], folder);
    const ended = finished(child);
    const size = statSync(set).size;
    for (let grown = 0; grown < 10_000_000; await setTimeout(5)) {
      assert.equal(child.exitCode, null, "still at work");
      const name = partial();
      const status = name && statSync(join(folder, name), { throwIfNoEntry: false });
      grown = status ? status.size - size : 0;
    }
    return { child, ended };
  };
  return { folder, set, run, partial, begin };
}

test("new, add, summary and compact make a set that can be trained on", async (t) => {
  const { folder, run, set, truth } = workplace(t);
  assert.equal((await run("new", set)).code, 0);
  const empty = await run("summary", set);
  assert.match(empty.stdout, /cannot be trained on: .*empty groups/);
  const added = await run("add", set, "beads", fixture("uint16.tif"), truth);
  assert.equal(added.code, 0, added.stderr);
  assert.match(
    added.stdout,
    /beads: 5 frames of 20 x 16\n {2}14 emitters; table read as plain: frames from 1/,
  );
  assert.equal((await run("add-input", set, "more", `${fixture("two_sets.h5")}:input/beta`)).code, 0);
  const half = await run("summary", set);
  assert.match(half.stdout, /^name +size +input +target +seg_map$/m);
  assert.match(half.stdout, /^more +20 x 16 +4 +- +-$/m);
  assert.match(half.stdout, /cannot be trained on: .*expected target\/more to match input\/more/);
  assert.equal((await run("add-target", set, "more", `${fixture("two_sets.h5")}:target/beta`)).code, 0);
  const json = JSON.parse((await run("summary", set, "--json")).stdout);
  assert.equal(json.samples, 9);
  assert.deepEqual(json.sets[1], {
    name: "more",
    height: 16,
    width: 20,
    framesPerSample: 1,
    lengths: { input: 4, target: 4, seg_map: 4 },
  });
  const output = join(folder, "compacted.h5");
  const compacted = await run("compact", set, "-o", output, "--augment", "2", "--temporal");
  assert.equal(compacted.code, 0, compacted.stderr);
  assert.match(compacted.stdout, /compacted\.h5: 4 samples of 3 frames of 20 x 16/);
  const refused = await run("add", output, "x", fixture("uint8.tif"), truth);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /found a compacted one.*\[DATASET_FORMAT\]/);
});

test("ground-truth makes a table that add takes", async (t) => {
  const { folder, run, set } = workplace(t);
  const [states, positions] = [join(folder, "states.csv"), join(folder, "positions.csv")];
  writeFileSync(states, "id,on,off\n1,0,0.02\n1,0.01,0.015\n2,0.09,0.1\n");
  writeFileSync(positions, "id,x,y\n1,5,6\n2,7,8\n");
  const output = join(folder, "from-simulation.csv");
  const made = await run("ground-truth", states, positions, "-o", output, "--exposure", "0.02");
  assert.equal(made.code, 0, made.stderr);
  await run("new", set);
  const added = await run("add", set, "a", fixture("uint8.tif"), output, "--threshold", "1300");
  assert.match(added.stdout, /1 emitters, 1 too dim/);
});

test("add takes another program's table by what is said of it, and tells what it did", async (t) => {
  const { folder, run, set } = workplace(t);
  await run("new", set);
  const table = join(folder, "own.csv");
  writeFileSync(table, "sep=;\nt;col [µm];row [µm];light [ADU]\n0;0,25;0,35;90\n4;0,3;0,4;300\n");
  const options = ["--columns", "frame=t,x=col [µm],y=row [µm],brightness=light [ADU]", "--frames-from", "0"];
  const scale = ["--pixel-size", "100", "--origin", "centre"];
  const added = await run("add", set, "a", fixture("uint8.tif"), table, ...options, ...scale);
  assert.equal(added.code, 0, added.stderr);
  assert.match(
    added.stdout,
    /2 emitters; table read as plain: frames from 0, 0 at the centre .*positions in um, pixels of 100 nm\n.*250 photons was not applied/,
  );
  const dim = await run(
    "add",
    set,
    "b",
    fixture("uint8.tif"),
    table,
    ...options,
    ...scale,
    "--threshold",
    "100",
  );
  assert.match(dim.stdout, /1 emitters, 1 too dim.*\n.*the threshold of 100 was applied in that unit/);
  for (const [option, value] of [
    ["--columns", "left=x"],
    ["--columns", "x="],
    ["--frames-from", "-1"],
    ["--unit", "inch"],
    ["--origin", "middle"],
  ]) {
    const { code, stderr } = await run("add", set, "c", fixture("uint8.tif"), table, option!, value!);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`error: option '${option}`));
  }
});

test("a new set does not take the place of a file, and wrong options are named", async (t) => {
  const { run, set, truth } = workplace(t);
  await run("new", set);
  const again = await run("new", set);
  assert.equal(again.code, 1);
  assert.match(
    again.stderr,
    /expected a name that is free, found a training set\. .*--force\. \[OUTPUT_EXISTS\]/,
  );
  for (const [option, value] of [
    ["--sigma", "0.4"],
    ["--threshold", "-1"],
    ["--pixel-size", "x"],
    ["--truth-format", "x"],
  ]) {
    const { code, stderr } = await run("add", set, "a", fixture("uint8.tif"), truth, option!, value!);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`error: option '${option}`));
  }
  assert.match(
    (await run("add", "--help")).stdout,
    /standard deviation .*the\s+original takes its variance/s,
  );
});

test("kill -9 in the middle of add leaves the set whole", {
  skip: process.platform === "win32",
}, async (t) => {
  const { set, run, partial, begin } = await longWork(t);
  const before = readFileSync(set);
  const { child, ended } = await begin();
  child.kill("SIGKILL");
  await ended;
  assert.ok(partial(), "it was killed while it wrote");
  assert.deepEqual(readFileSync(set), before);
  assert.match((await run("summary", set)).stdout, /5 samples to train on/);
});

test("Ctrl-C in the middle of add leaves the set whole and nothing beside it", {
  skip: process.platform === "win32",
}, async (t) => {
  const { set, partial, begin } = await longWork(t);
  const before = readFileSync(set);
  const { child, ended } = await begin();
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  assert.equal(code, 130);
  assert.match(stderr, /^cancelled; the training set is as it was$/m);
  assert.deepEqual(readFileSync(set), before);
  assert.equal(partial(), undefined);
  assert.equal(existsSync(set), true);
});
