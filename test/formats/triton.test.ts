import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { triton } from "../../src/formats/triton.js";
import { onnx as schema } from "../../src/graph/generated/onnx.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { runOracle, withoutModules } from "../support/oracle-python.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

const model = { ...(await readModel(RANDOM_MODEL)), pool: 5 };

async function written(context: Ending): Promise<string> {
  const path = join(temporaryFolder(context), "repository");
  await writeModel(path, model, triton);
  return path;
}

test("weights, provenance and pool come back unchanged, bit for bit", async (t) => {
  assert.deepEqual(await readModel(await written(t)), model);
});

test("names, types and sizes of the configuration are those of the graph, whose batch is free", async (t) => {
  const path = await written(t);
  const config = readFileSync(join(path, "defcon", "config.pbtxt"), "utf8");
  const { graph } = schema.ModelProto.decode(readFileSync(join(path, "defcon", "1", "model.onnx")));
  for (const [kind, value] of [
    ["input", graph!.input![0]!],
    ["output", graph!.output![0]!],
  ] as const) {
    const dims = value.type!.tensorType!.shape!.dim!.map(
      ({ dimParam, dimValue }) => dimParam || Number(dimValue),
    );
    assert.deepEqual(dims, ["N", 1, "H", "W"]);
    const stated = `${kind} [\n  {\n    name: "${value.name}"\n    data_type: TYPE_FP32\n    dims: [ 1, -1, -1 ]\n  }\n]\n`;
    assert.ok(config.includes(stated), config);
  }
  assert.match(config, /^backend: "onnxruntime"\nmax_batch_size: 16\n/m);
  assert.match(config, /^dynamic_batching \{$/m);
});

test("takes the place of its own kind with force, and of no repository with anything else in it", async (t) => {
  const path = await written(t);
  await writeModel(path, { ...model, pool: 9 }, triton, {}, true);
  assert.equal((await readModel(path)).pool, 9);
  const refused = { code: "OUTPUT_EXISTS", message: /found a folder with / };
  mkdirSync(join(path, "defcon", "2"));
  await assert.rejects(writeModel(path, model, triton, {}, true), refused);
  const shared = await written(t);
  mkdirSync(join(shared, "another"));
  await assert.rejects(writeModel(shared, model, triton, {}, true), refused);
  await assert.rejects(readModel(shared), {
    code: "MODEL_FORMAT",
    message: /found a folder with (another, defcon|defcon, another) in it/,
  });
  assert.equal((await readModel(join(shared, "defcon", "1", "model.onnx"))).pool, 5);
});

test("Triton's schema reads it, and its graph takes batches as stated", {
  skip: withoutModules("tritonclient", "onnxruntime"),
}, async (t) => {
  const { batch } = await runOracle<{ batch: number }>("check_exports.py", "triton", await written(t));
  assert.equal(batch, 16);
});
