import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readModel } from "../../src/formats/registry.js";
import { runCommand } from "../support/command.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

test("import writes a native model with the same weights and its provenance", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "models", "mine.onnx");
  const { code, stdout } = await runCommand(["import", RANDOM_MODEL, "-o", path], folder);
  assert.equal(code, 0);
  assert.match(stdout, /112912 parameters/);
  const [source, imported] = [await readModel(RANDOM_MODEL), await readModel(path)];
  assert.deepEqual(imported.weights, source.weights);
  assert.equal(imported.provenance.source, "random_defcon.h5");
});

test("model info shows the layers, their parameters and where the model comes from; an installed one by name", async (t) => {
  const home = temporaryFolder(t);
  await runCommand(["import", RANDOM_MODEL, "-o", join(home, "models", "mine.onnx")], home);
  const { code, stdout } = await runCommand(["model", "info", "mine"], home);
  assert.equal(code, 0);
  assert.match(stdout, /^conv_5 +convolution +5x5 +\/1 +32 -> 64 +relu +51264$/m);
  assert.match(stdout, /^decon_seg_2 +transposed convolution +3x3 +x2 +8 +relu +584$/m);
  assert.match(stdout, /keras_version: 2\.0\.8/);
  const json = JSON.parse((await runCommand(["model", "info", "mine", "--json"], home)).stdout);
  assert.equal(json.parameters, 112_912);
  assert.equal(json.layers.length, 19);
});

test("an unknown command shows what there is", async (t) => {
  const { code, stderr } = await runCommand(["pedict"], temporaryFolder(t));
  assert.equal(code, 1);
  assert.match(stderr, /unknown command 'pedict'/);
});

test("models are installed, chosen, listed and removed by name", async (t) => {
  const home = temporaryFolder(t);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(["model", ...args], home);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  assert.match(await run("install", RANDOM_MODEL, "--name", "mine"), /^installed mine: .*mine\.onnx\n$/);
  assert.match(await run("default", "mine"), /^mine counts/);
  assert.match(await run("list"), /^mine +default +defcon +112912 +installed +.*mine\.onnx$/m);
  const listed = JSON.parse(await run("list", "--json"));
  assert.deepEqual(
    listed.map(({ name, isDefault }: { name: string; isDefault: boolean }) => [name, isDefault]),
    [
      ["mine", true],
      ["defcon", false],
      ["defcon-fast", false],
    ],
  );
  await run("remove", "mine");
  const refused = await runCommand(["model", "remove", "defcon"], home);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /comes with the program.*\[MODEL_FIXED\]/);
});
