import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";

const PLAN = {
  seed: 1,
  runs: 10,
  frames: 6,
  side: 16,
  temporal: true,
  settings: { density: 1, onTime: 0.05, exposure: 0.03, pixelSize: 100 },
  mixtures: {},
};

test("a network for three frames goes from a simulated set to counts, to a report and into other formats", async (context) => {
  const home = temporaryFolder(context);
  const at = (name: string) => join(home, name);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(args, home);
    assert.equal(code, 0, `${args[0]}: ${stderr}`);
    return stdout;
  };
  writeFileSync(at("plan.json"), JSON.stringify(PLAN));
  await run("dataset", "simulate", at("plan.json"), "-o", at("set.h5"));
  const options = ["--both", "--epochs", "1", "--batch-size", "4"];
  await run("train", "--set", at("set.h5"), "-o", at("model"), "--architecture", "defcon3d", ...options);
  const model = at("model/defcon3d.onnx");
  const info = await run("model", "info", model);
  assert.match(info, /conv3d_5 +convolution over three frames +3x3x3 +\/1 +32 -> 64 +relu +55360/);
  assert.match(info, /upsampling_1 +upsampling +x2/);
  await run(
    ...["simulate", "-o", at("frames"), "--frames", "7", "--width", "20", "--height", "16"],
    ...["--density", "1", "--seed", "2"],
  );
  await run("predict", at("frames/frames.tif"), "-m", model, "-o", at("counts"));
  const rows = readFileSync(at("counts/frames.counts.csv"), "utf8").trim().split("\n").slice(1);
  assert.equal(rows.length, 7);
  // A frame that is asked for alone is counted with the frames around it.
  for (const frame of [1, 4, 7]) {
    const index = ["--index", String(frame)];
    await run("predict", at("frames/frames.tif"), "-m", model, "-o", at(`only-${frame}`), ...index);
    const row = readFileSync(at(`only-${frame}/frames.counts.csv`), "utf8")
      .trim()
      .split("\n")[1];
    const [, alone] = row!.split(",").map(Number);
    const [, among] = rows[frame - 1]!.split(",").map(Number);
    assert.ok(Math.abs(alone! - among!) < 1e-3 * Math.max(1, Math.abs(among!)), `${alone} and ${among}`);
  }
  for (const data of ["frames", "set.h5"]) {
    const report = await run("evaluate", model, "--data", at(data), "-o", at("report"), "--force");
    assert.match(report, new RegExp(`frames +${data === "frames" ? 7 : 60}\\n`));
  }
  await run("export", model, "--format", "savedmodel", "-o", at("saved"));
  await run("import", at("saved"), "-o", at("back.onnx"));
  const keras = await runCommand(["export", model, "--format", "keras", "-o", at("model.h5")], home);
  assert.equal(keras.code, 1);
  assert.match(keras.stderr, /format keras: .*These formats can: bioimageio, onnx, savedmodel, triton/);
});
