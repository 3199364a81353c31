import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { runCommand } from "../support/command.js";
import { fixture } from "../support/dataset.js";
import { writeCondition } from "../support/evaluation.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const STACK = oracleStacks()[0]!.path;
const SET = fixture("two_sets.h5");
const TABLE = "frame,x,y\n1,2,3\n";

test("no command replaces a file of another kind, not even with --force", async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const plan = join(packageRoot, "models", "broad-set.json");
  writeFileSync(at("states.csv"), "id,on,off\n1,0,2\n");
  writeFileSync(at("positions.csv"), "id,x,y\n1,2,3\n");
  await writeCondition(at("condition"), { table: TABLE });
  const stem = "stack_uint8";
  copyFileSync(STACK, at(`${stem}.tif`));
  const stack = at(`${stem}.tif`);
  const foreign: [destroyed: string, content: string, args: string[]][] = [
    ["my_set.h5", SET, ["export", RANDOM_MODEL, "--format", "keras"]],
    ["frames.tif", STACK, ["export", RANDOM_MODEL, "--format", "onnx"]],
    ["set.zip", SET, ["export", RANDOM_MODEL, "--format", "bioimageio"]],
    ["frames.onnx", STACK, ["import", RANDOM_MODEL]],
    ["model.h5", RANDOM_MODEL, ["dataset", "compact", SET]],
    ["model_2.h5", RANDOM_MODEL, ["dataset", "simulate", plan]],
    ["frames_2.tif", STACK, ["dataset", "ground-truth", at("states.csv"), at("positions.csv")]],
    ["backup.tar.gz", "", ["pack", RANDOM_MODEL]],
  ];
  for (const [name, content, args] of foreign) {
    const bytes = content ? readFileSync(content) : Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]);
    writeFileSync(at(name), bytes);
    const { code, stderr } = await runCommand([...args, "-o", at(name), "--force"], folder);
    assert.equal(code, 1, `${args[0]}: ${stderr}`);
    if (args[0] !== "pack" || !stderr.includes("FIJI_PLUGIN")) {
      assert.match(stderr, /a file of another kind is never replaced\. \[OUTPUT_EXISTS\]/, args.join(" "));
    }
    assert.deepEqual(readFileSync(at(name)), bytes, name);
  }

  const inFolder: [file: string, args: string[]][] = [
    [`${stem}.counts.csv`, ["predict", stack, "-m", RANDOM_MODEL]],
    [`${stem}.density.tif`, ["predict", stack, "-m", RANDOM_MODEL]],
    ["frames.csv", ["evaluate", RANDOM_MODEL, "--data", at("condition")]],
    ["report.html", ["evaluate", RANDOM_MODEL, "--data", at("condition")]],
    ["mine.onnx", ["train", "--set", SET, "--name", "mine", "--epochs", "1"]],
    ["history.csv", ["train", "--set", SET, "--epochs", "1"]],
    ["notes.txt", ["simulate", "--frames", "2"]],
    ["synthetic.tif", ["demo", "-m", RANDOM_MODEL]],
  ];
  for (const [i, [file, args]] of inFolder.entries()) {
    const output = at(`out-${i}`);
    mkdirSync(output);
    writeFileSync(join(output, file), "somebody's");
    const { code, stderr } = await runCommand([...args, "-o", output, "--force"], folder);
    assert.equal(code, 1, `${args[0]}: ${stderr}`);
    assert.match(stderr, /\[OUTPUT_EXISTS\]/, args.join(" "));
    assert.deepEqual(readdirSync(output), [file]);
    assert.equal(readFileSync(join(output, file), "utf8"), "somebody's");
  }

  const keras = at("calibrated.h5");
  copyFileSync(RANDOM_MODEL, keras);
  const calibrated = await runCommand(["model", "calibrate", keras, "--simulate", plan], folder);
  assert.match(calibrated.stderr, /found an HDF5 file.*\[OUTPUT_EXISTS\]/);
  assert.deepEqual(readFileSync(keras), readFileSync(RANDOM_MODEL));
});

test("results of the same kind are replaced with --force alone", async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  const commands: [output: string, args: string[]][] = [
    ["out", ["predict", STACK, "-m", RANDOM_MODEL]],
    ["model.onnx", ["import", RANDOM_MODEL]],
    ["set.h5", ["dataset", "compact", SET]],
    ["simulated", ["simulate", "--frames", "2", "--width", "16", "--height", "16"]],
  ];
  for (const [output, args] of commands) {
    const run = (...more: string[]) => runCommand([...args, "-o", at(output), ...more], folder);
    assert.equal((await run()).code, 0, args.join(" "));
    const again = await run();
    assert.equal(again.code, 1);
    assert.match(again.stderr, /replace it with --force\. \[OUTPUT_EXISTS\]/);
    assert.equal((await run("--force")).code, 0);
  }
});
