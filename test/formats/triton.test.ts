import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ExportOptions } from "../../src/formats/format.js";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { triton } from "../../src/formats/triton.js";
import { onnx as schema } from "../../src/graph/generated/onnx.js";
import type { Model } from "../../src/model/weights.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { runOracle, withoutModules } from "../support/oracle-python.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { WINDOW_MODEL } from "../support/window-oracle.js";

const model = { ...(await readModel(RANDOM_MODEL)), pool: 5 };

async function written(context: Ending, options: ExportOptions = {}, of: Model = model): Promise<string> {
  const path = join(temporaryFolder(context), "repository");
  await writeModel(path, of, triton, options);
  return path;
}

test("weights, provenance and pool come back unchanged, bit for bit", async (t) => {
  assert.deepEqual(await readModel(await written(t)), model);
});

for (const input of ["raw", "normalised"] as const) {
  test(`names, types and sizes of the configuration are those of the graph for ${input} frames, whose batch is free`, async (t) => {
    const path = await written(t, { input });
    const config = readFileSync(join(path, "defcon", "config.pbtxt"), "utf8");
    const { graph } = schema.ModelProto.decode(readFileSync(join(path, "defcon", "1", "model.onnx")));
    assert.equal(graph!.input![0]!.name, input === "raw" ? "frames" : "normalised");
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
}

test("calls of a network that sees sequences are never joined", async (t) => {
  const path = await written(t, { input: "normalised" }, WINDOW_MODEL);
  const config = readFileSync(join(path, "defcon3d", "config.pbtxt"), "utf8");
  assert.match(config, /^max_batch_size: 0$/m);
  assert.match(config, /name: "normalised"\n {4}data_type: TYPE_FP32\n {4}dims: \[ -1, 1, -1, -1 \]/);
  assert.doesNotMatch(config, /dynamic_batching/);
});

test("a graph for normalised frames is not read back, and says what it lacks", async (t) => {
  await assert.rejects(readModel(await written(t, { input: "normalised" })), {
    code: "MODEL_ARCHITECTURE",
    message: /after a normalisation of each frame, found .* no such normalisation/,
  });
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
