import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { finished, runCommand, startCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";
import { spotSamples, writeTrainingSet } from "../support/training-set.js";

const OPTIONS = ["--epochs", "2", "--batch-size", "8", "--patience", "2", "--json"];

test("train writes a model that predict takes", async (context) => {
  const home = temporaryFolder(context);
  const set = join(home, "set.h5");
  await writeTrainingSet(set, spotSamples(40, 16));
  const folder = join(home, "new", "folder");
  const { code, stderr, stdout } = await runCommand(["train", "--set", set, "-o", folder, ...OPTIONS], home);
  assert.equal(code, 0, stderr);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string; model?: string });
  assert.equal(events[0]!.event, "started");
  assert.equal(events.at(-1)!.model, join(folder, "defcon.onnx"));
  const info = await runCommand(["model", "info", join(folder, "defcon.onnx")], home);
  assert.match(
    info.stdout,
    /112912 parameters[\s\S]*training_set: set\.h5[\s\S]*validation_loss: segmentation/,
  );
});

test("killed at any moment and resumed, a training ends in the model it would have ended in", async (context) => {
  const home = temporaryFolder(context);
  const set = join(home, "set.h5");
  await writeTrainingSet(set, spotSamples(60, 16));
  const args = (folder: string) => ["train", "--set", set, "-o", join(home, folder), ...OPTIONS];
  assert.equal((await runCommand(args("whole"), home)).code, 0);
  const expected = readFileSync(join(home, "whole", "defcon.onnx"));
  // In the middle of an epoch, right after an epoch, and the same in the second stage.
  for (const [i, moment] of ["step 3", "epoch 1", "step 16", "epoch 3"].entries()) {
    const folder = `killed-${i}`;
    const child = startCommand(args(folder), home);
    const [kind, count] = moment.split(" ");
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout! })) {
      if (!line.includes(`"event":"${kind}"`)) continue;
      if (++seen < Number(count)) continue;
      child.kill("SIGKILL");
      break;
    }
    await finished(child);
    const resumed = await runCommand([...args(folder), "--resume"], home);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(readFileSync(join(home, folder, "defcon.onnx")), expected, moment);
    assert.deepEqual(
      readdirSync(join(home, folder)).filter((name) => name.endsWith(".partial")),
      [],
    );
  }
});

test("Ctrl-C stops with a checkpoint and says how to go on", async (context) => {
  const home = temporaryFolder(context);
  const set = join(home, "set.h5");
  await writeTrainingSet(set, spotSamples(60, 16));
  const folder = join(home, "out");
  const child = startCommand(
    ["train", "--set", set, "-o", folder, "--epochs", "1000", "--patience", "1000"],
    home,
  );
  child.stderr!.once("data", () => setTimeout(() => child.kill("SIGINT"), 500));
  const { code, stderr } = await finished(child);
  assert.equal(code, 130);
  assert.match(stderr, /stopped, with a checkpoint.*--resume/);
  assert.ok(existsSync(join(folder, "checkpoint.h5")));
});

test("the original's configuration file is enough, and options overrule it", async (context) => {
  const home = temporaryFolder(context);
  mkdirSync(join(home, "data"));
  await writeTrainingSet(join(home, "data", "set.h5"), spotSamples(40, 16));
  const config = join(home, "config.ini");
  const stage = "BatchSize = 8\nNumEpochs = 1\nValidationSplit = 0.1\nAdamLR = 0.001\n";
  writeFileSync(
    config,
    `[General]\nModelName = cells\nTrainingSetPath = data/set.h5\nOutputDir = out\nWeightDir = weights\nColour = blue\n[SegNet]\n${stage}[DensityNet]\nLambdaFactor = 0.01\n${stage}`,
  );
  const { code, stderr } = await runCommand(["train", config, "--name", "other"], home);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /passed over \[general\] colour/);
  assert.ok(existsSync(join(home, "out", "other.onnx")));
  assert.ok(existsSync(join(home, "weights", "checkpoint.h5")));
});

test("what is wrong is named, with what to do, and nothing is written", async (context) => {
  const home = temporaryFolder(context);
  const set = join(home, "set.h5");
  await writeTrainingSet(set, spotSamples(4, 16));
  writeFileSync(join(home, "text.h5"), "text");
  const out = join(home, "out");
  for (const [args, expected] of [
    [["--set", set], /no output folder.*TRAINING_CONFIG/],
    [["-o", out], /no training set.*TRAINING_CONFIG/],
    [["--set", join(home, "none.h5"), "-o", out], /none\.h5.*no file of that name.*INPUT_NOT_FOUND/],
    [["--set", join(home, "text.h5"), "-o", out], /text\.h5.*HDF5.*DATASET_FORMAT/],
    [["--set", set, "-o", out, "--epochs", "0"], /whole number of at least 1, found 0/],
    [["--set", set, "-o", out, "--freeze", "conv_99"], /conv_99.*conv_1.*TRAINING_CONFIG/],
    [["--set", set, "-o", out, "--init", join(home, "no.onnx")], /no\.onnx.*INPUT_NOT_FOUND/],
    [["--set", set, "-o", out, "--device", "cuda"], /device cuda.*--device cpu.*ENGINE_UNAVAILABLE/],
    [["--set", set, "-o", out, "--device", "abacus"], /abacus.*cpu, webgpu, cuda/],
  ] as const) {
    const { code, stderr } = await runCommand(["train", ...args], home);
    assert.equal(code, 1, args.join(" "));
    assert.match(stderr.replaceAll("\n", " "), expected);
    assert.equal(existsSync(out), false, args.join(" "));
  }
});
