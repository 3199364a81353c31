import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { kerasH5 } from "../../src/formats/keras-h5.js";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { parameterCount, weightSpecs } from "../../src/model/weights.js";
import {
  maxDifference,
  oracleStacks,
  RANDOM_MODEL,
  REFERENCE,
  WEIGHTS_ONLY,
  withoutReference,
} from "../support/oracle.js";
import { exportedValues, withoutPython } from "../support/oracle-python.js";
import { temporaryFolder } from "../support/temporary.js";

test("reads a file of weights alone, every value in its place", async () => {
  const { architecture, weights } = await readModel(WEIGHTS_ONLY);
  assert.equal(parameterCount(architecture), 112_912);
  for (const { name, shape } of weightSpecs(architecture)) {
    const weight = weights.get(name)!;
    assert.deepEqual(weight.shape, shape);
    assert.ok(weight.data.every((value, i) => value === ((i % 7) - 3) / 8));
  }
});

test("keeps where the weights came from", async () => {
  const { provenance } = await readModel(RANDOM_MODEL);
  assert.equal(provenance.source, "random_defcon.h5");
  assert.equal(provenance.keras_version, "2.0.8");
  assert.match(provenance.source_sha256!, /^[0-9a-f]{64}$/);
});

test("reads the original's pretrained model", { skip: withoutReference }, async () => {
  const { architecture, provenance } = await readModel(REFERENCE.model);
  assert.equal(architecture.name, "defcon");
  assert.match(provenance.training!, /Adam/);
});

test("a file cut at any length is refused by name", async (t) => {
  const path = join(temporaryFolder(t), "cut.h5");
  const bytes = readFileSync(RANDOM_MODEL);
  for (const fraction of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999]) {
    writeFileSync(path, bytes.subarray(0, Math.floor(fraction * bytes.length)));
    await assert.rejects(readModel(path), (error: Error & { code?: string }) => {
      assert.equal(error.code, "MODEL_FORMAT", error.message);
      assert.ok(error.message.startsWith(`${path}: expected `), error.message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

test("an HDF5 file that is no Keras model, and a Keras model of another network, are told apart", async () => {
  const folder = join(RANDOM_MODEL, "..");
  await assert.rejects(readModel(join(folder, "no_keras.h5")), {
    code: "MODEL_FORMAT",
    message: /expected a Keras model \(attribute layer_names\), found an HDF5 file with input, target/,
  });
  await assert.rejects(readModel(join(folder, "other_network.h5")), {
    code: "MODEL_ARCHITECTURE",
    message: /found a Keras model with the layers dense_1, dense_2/,
  });
});

test("a missing layer and a weight of another shape are named", async () => {
  const folder = join(RANDOM_MODEL, "..");
  await assert.rejects(readModel(join(folder, "missing_weight.h5")), {
    code: "MODEL_WEIGHTS",
    message: /expected a weight conv_5\/bias of shape \(64\)/,
  });
  await assert.rejects(readModel(join(folder, "wrong_shape.h5")), {
    code: "MODEL_WEIGHTS",
    message: /expected a weight conv_5\/kernel of shape \(5,5,32,64\), found shape \(3,3,32,64\)/,
  });
});

test("what is written comes back unchanged, bit for bit", async (t) => {
  const path = join(temporaryFolder(t), "model.h5");
  const model = await readModel(RANDOM_MODEL);
  await writeModel(path, { ...model, pool: 5 }, kerasH5);
  assert.deepEqual(await readModel(path), { ...model, pool: 5 });
});

test("Keras 2 and 3 load what is written as a model without custom code, and by layer name", {
  skip: withoutPython,
}, async (t) => {
  const path = join(temporaryFolder(t), "model.h5");
  await writeModel(path, await readModel(RANDOM_MODEL), kerasH5);
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;
  for (const kind of ["keras2", "keras3", "by_name"] as const) {
    const { shape, values } = await exportedValues(kind, path, stack.path);
    assert.deepEqual(shape, [stack.frames, stack.height, stack.width, 1]);
    assert.ok(maxDifference(values, stack.density) < 1e-5, kind);
  }
});
