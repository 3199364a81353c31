import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { simulate } from "../../src/simulate/simulation.js";
import { collect } from "../support/collect.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";

const SMALL = ["--frames", "6", "--width", "32", "--height", "24"];

function workplace(t: TestContext) {
  const folder = temporaryFolder(t);
  const run = (...args: string[]) => runCommand(["simulate", ...args], folder, folder);
  const output = join(folder, "simulated");
  const bytes = () => readdirSync(output).map((name) => readFileSync(join(output, name)));
  return { folder, run, output, bytes };
}

function tableOf(path: string): { names: string[]; rows: number[][] } {
  const [head, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  return { names: head!.split(","), rows: lines.map((line) => line.split(",").map(Number)) };
}

test("simulate writes frames, truth and what repeats them", async (t) => {
  const { run, output, bytes, folder } = workplace(t);
  const { code, stdout, stderr } = await run("-o", output, "--preset", "dense", ...SMALL, "--seed", "5");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /simulated: 6 frames of 32 x 24, \d+ rows of emitters\n {2}.*photons.*peak SNR 10/);
  assert.deepEqual(readdirSync(output), ["config.json", "frames.tif", "ground_truth.csv"]);

  const config = JSON.parse(readFileSync(join(output, "config.json"), "utf8"));
  assert.equal(config.seed, 5);
  assert.match(config.version, /^\d+\.\d+/);
  const expected = await collect(simulate(config.settings, 5, { threads: 0 }));
  const stack = await openTifStack(join(output, "frames.tif"));
  assert.deepEqual([stack.info.pixelType, stack.info.calibration.unit], ["uint16", "µm"]);
  assert.ok(Math.abs(stack.info.calibration.pixelWidth! - 0.1) < 1e-6);
  for (const [i, { pixels }] of (await collect(stack.frames())).entries()) {
    assert.deepEqual(pixels, expected[i]!.pixels.slice());
  }
  await stack.close();

  const { names, rows } = tableOf(join(output, "ground_truth.csv"));
  assert.deepEqual(names, ["frame", "x", "y", "z", "brightness", "background", "snr", "id"]);
  const { truth } = expected[5]!;
  const last = rows.filter(([frame]) => frame === 6);
  assert.equal(last.length, truth.id.length);
  for (const [i, [, ...values]] of last.entries()) {
    const { x, y, z, brightness, background, snr, id } = truth;
    const row = [x, y, z, brightness, background, snr, id].map((column) => column[i]);
    for (const [column, value] of values.entries()) {
      assert.ok(Math.abs(value! - row[column]!) < 0.0051, `${names[column + 1]} of row ${i}`);
    }
  }

  const before = bytes();
  const repeated = await run("-o", output, "--config", join(output, "config.json"), "--force");
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.deepEqual(bytes(), before);
  assert.deepEqual(readdirSync(folder), ["simulated"]);
});

test("molecules lie where a table says, and config.json keeps where", async (t) => {
  const { run, output, folder } = workplace(t);
  const table = join(folder, "places.csv");
  writeFileSync(table, "x,y,z\n10.5,12,100\n20.25,7.5,-50\n");
  const always = ["--on-time", "1000", "--off-time", "0.001"];
  const { code, stderr } = await run("-o", output, "--positions", table, ...always, ...SMALL);
  assert.equal(code, 0, stderr);
  const { rows } = tableOf(join(output, "ground_truth.csv"));
  const places = new Set(rows.map(([, x, y, z]) => `${x},${y},${z}`));
  assert.deepEqual(places, new Set(["10.5,12,100", "20.25,7.5,-50"]));
  const config = JSON.parse(readFileSync(join(output, "config.json"), "utf8"));
  assert.deepEqual(config.positions, [
    [10.5, 12, 100],
    [20.25, 7.5, -50],
  ]);
});

test("frames and truth go into a training set in the same go", async (t) => {
  const { run, output, folder } = workplace(t);
  const set = join(folder, "set.h5");
  const dataset = (...args: string[]) => runCommand(["dataset", ...args], folder);
  await dataset("new", set);
  const added = await run("-o", output, ...SMALL, "--photons", "800", "--add-to", set, "--name", "first");
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stdout, /added to .*set\.h5 as first, emitters above 80\.00 photons/);
  const summary = JSON.parse((await dataset("summary", set, "--json")).stdout);
  assert.deepEqual(summary.sets[0].lengths, { input: 6, target: 6, seg_map: 6 });
  assert.equal(summary.samples, 6);

  const again = await run("-o", join(folder, "other"), ...SMALL, "--add-to", set, "--name", "first");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /found first.*\[INPUT_OPTION\]/);
  assert.ok(!existsSync(join(folder, "other")));
});

test("what is not allowed is refused before anything is written", async (t) => {
  const { run, output, folder } = workplace(t);
  for (const [args, said] of [
    [["--density", "-1"], /Expected a number of at least 0 and at most 1000, found -1/],
    [["--preset", "none"], /Allowed choices are palm-meos-emccd/],
    [["--z-min", "5"], /zMax.*at least zMin/],
    [["--structure", "positions"], /positions of molecules/],
    [["--positions", "none.csv"], /none\.csv.*INPUT_NOT_FOUND/],
    [["--config", "none.json"], /none\.json.*INPUT_NOT_FOUND/],
  ] as const) {
    const { code, stderr } = await run("-o", output, ...args);
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr, said);
  }
  const config = join(folder, "config.json");
  for (const [text, said] of [
    ["not JSON", /config\.json.*INPUT_FORMAT/],
    ["[]", /INPUT_FORMAT/],
    ['{"settings":{}}', /seed.*INPUT_FORMAT/],
    ['{"seed":1,"settings":{"colour":1}}', /setting colour.*INPUT_OPTION/],
    ['{"seed":1,"settings":{},"positions":[[1,2]]}', /positions.*INPUT_FORMAT/],
  ] as const) {
    writeFileSync(config, text);
    const { code, stderr } = await run("-o", output, "--config", config);
    assert.equal(code, 1, text);
    assert.match(stderr, said);
  }
  assert.ok(!existsSync(output));
});

test("a folder with other things in it is left alone", async (t) => {
  const { run, output } = workplace(t);
  mkdirSync(output);
  writeFileSync(join(output, "notes.txt"), "mine");
  const { code, stderr } = await run("-o", output, ...SMALL);
  assert.equal(code, 1);
  assert.match(stderr, /notes\.txt.*\[OUTPUT_EXISTS\]/);
  assert.deepEqual(readdirSync(output), ["notes.txt"]);
});

test("Ctrl-C leaves nothing", async (t) => {
  const { folder, output } = workplace(t);
  const child = startCommand(["simulate", "-o", output, "--frames", "100000"], folder);
  const ended = finished(child);
  const begun = () => readdirSync(folder).some((name) => name.endsWith(".partial"));
  while (!begun() && child.exitCode === null) await setTimeout(20);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /cancelled; .*simulated was not written/);
  assert.deepEqual(readdirSync(folder), []);
});
