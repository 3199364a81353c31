import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ExportOptions } from "../../../src/formats/format.js";
import { encodeModel, readModel, writeModel } from "../../../src/formats/registry.js";
import { tensorflow } from "../../../src/formats/saved-model/generated/tensorflow.js";
import { savedModel } from "../../../src/formats/saved-model/saved-model.js";
import {
  maxDifference,
  oracleStacks,
  RANDOM_MODEL,
  REFERENCE,
  withoutReference,
} from "../../support/oracle.js";
import { exportedValues, withoutPython } from "../../support/oracle-python.js";
import { type Ending, temporaryFolder } from "../../support/temporary.js";
import { WINDOW_MODEL } from "../../support/window-oracle.js";

/** A folder that TensorFlow wrote with variables: scripts/oracle/saved_model_fixture.py. */
const FOREIGN = join(RANDOM_MODEL, "..", "saved_model");
const model = await readModel(RANDOM_MODEL);
const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;

async function written(t: Ending, options: ExportOptions = {}): Promise<string> {
  const path = join(temporaryFolder(t), "exported");
  await writeModel(path, model, savedModel, options);
  return path;
}

async function decoded(options: ExportOptions = {}, of = model): Promise<tensorflow.SavedModel> {
  const files = await encodeModel(of, savedModel, options);
  return tensorflow.SavedModel.decode(files.get("saved_model.pb")!);
}

test("weights, provenance and pool come back unchanged, bit for bit, whatever the folder computes", async (t) => {
  for (const options of [{}, { result: "max-count", pool: 5, strides: 2, division: 3 }] as const) {
    const back = await readModel(await written(t, options));
    assert.deepEqual(back.weights, model.weights);
    assert.equal(back.pool, options === undefined || !("pool" in options) ? model.pool : 5);
    const { exported_division: division, ...provenance } = back.provenance;
    assert.deepEqual(provenance, model.provenance);
    assert.equal(division, "division" in options ? "3" : undefined);
  }
});

test("reads the variables of a folder that TensorFlow wrote, by what its graph computes and not by their names", async () => {
  const { weights, pool, provenance } = await readModel(FOREIGN);
  assert.equal(pool, 7);
  assert.equal(provenance.division, "4, made part of the density layer");
  for (const [name, { data }] of weights) {
    const factor = name === "density/kernel" ? 1 / 4 : 1;
    assert.ok(
      data.every((value, i) => value === (((i % 7) - 3) / 8) * factor),
      name,
    );
  }
});

test("reads the original's folder: the weights of its Keras file", { skip: withoutReference }, async () => {
  const folder = await readModel(join(REFERENCE.model, "..", "tf_density_count"));
  assert.deepEqual(folder.weights, (await readModel(REFERENCE.model)).weights);
});

/** The attributes that TensorFlow 1.4's operator definitions have (tensorflow/core/ops/*.cc of v1.4.0), of the operators used. */
const KNOWN: Readonly<Record<string, string>> = {
  Placeholder: "dtype shape",
  Const: "dtype value",
  Identity: "T",
  Min: "T Tidx keep_dims",
  Max: "T Tidx keep_dims",
  Sub: "T",
  Add: "T",
  Mul: "T",
  RealDiv: "T",
  Maximum: "T",
  Greater: "T",
  Cast: "SrcT DstT",
  Shape: "T out_type",
  Reshape: "T Tshape",
  Pad: "T Tpaddings",
  Conv2D: "T strides use_cudnn_on_gpu padding data_format",
  Conv2DBackpropInput: "T strides use_cudnn_on_gpu padding data_format",
  BiasAdd: "T data_format",
  Relu: "T",
  Sigmoid: "T",
  AvgPool: "T ksize strides padding data_format",
  Conv3D: "T strides padding",
  Softmax: "T",
  ResizeNearestNeighbor: "T align_corners",
  ConcatV2: "N T Tidx",
  Slice: "T Index",
};

test("the graph keeps to operators and attributes of TensorFlow 1.4, and is found by tag, signature and graph names", async () => {
  const options = { result: "max-count", division: 2 } as const;
  const { metaGraphs, savedModelSchemaVersion } = await decoded(options);
  assert.equal(savedModelSchemaVersion, 1);
  const [graph] = metaGraphs;
  const [windows] = (await decoded(options, WINDOW_MODEL)).metaGraphs;
  for (const { op, name, attr } of [...graph!.graphDef!.node!, ...windows!.graphDef!.node!]) {
    const known = KNOWN[op!]?.split(" ");
    assert.ok(known, `${op} (${name})`);
    for (const key of Object.keys(attr ?? {}))
      assert.ok(known.includes(key) || key.startsWith("_"), `${op}.${key}`);
  }
  assert.deepEqual(graph!.metaInfoDef!.tags, ["serve"]);
  const { serving_default: signature } = graph!.signatureDef!;
  assert.equal(signature!.inputs!.input_tensor!.name, "input_tensor:0");
  assert.equal(signature!.outputs!.output_tensor!.name, "output_tensor:0");
});

test("TensorFlow counts with it as it counts with the network itself", { skip: withoutPython }, async (t) => {
  const path = await written(t);
  for (const kind of ["saved_model", "session"] as const) {
    const { shape, values } = await exportedValues(kind, path, stack.path);
    assert.deepEqual(shape, [stack.frames, stack.height, stack.width, 1]);
    assert.ok(maxDifference(values, stack.density) < 1e-5, kind);
  }
});

test("TensorFlow gives the max local count for any window, step and division", {
  skip: withoutPython,
}, async (t) => {
  for (const pool of ["5", "7"] as const) {
    const path = await written(t, { result: "max-count", pool: Number(pool), division: 2 });
    const { shape, values } = await exportedValues("session", path, stack.path);
    assert.deepEqual(shape, [stack.frames, 1]);
    assert.ok(
      maxDifference(
        values.map((value) => 2 * value),
        stack.maxLocalCount[pool],
      ) < 1e-4,
    );
  }
  const { width, height } = stack;
  // Windows of a quarter of the frame side by side: their sums by hand.
  const [step, frame] = [4, stack.density.subarray(0, width * height)];
  let largest = Number.NEGATIVE_INFINITY;
  for (let top = 0; top + step <= height; top += step) {
    for (let left = 0; left + step <= width; left += step) {
      let sum = 0;
      for (let y = 0; y < step; y++)
        for (let x = 0; x < step; x++) sum += frame[(top + y) * width + left + x]!;
      largest = Math.max(largest, sum);
    }
  }
  const path = await written(t, { result: "max-count", pool: step, strides: step });
  const { values } = await exportedValues("saved_model", path, stack.path);
  assert.ok(Math.abs(values[0]! - largest) < 1e-4);
  // A window larger than the map takes all of it: the count.
  const whole = await written(t, { result: "max-count", pool: 200 });
  const { values: counts } = await exportedValues("session", whole, stack.path);
  assert.ok(maxDifference(counts, stack.count) < 1e-3);
});

async function refused(path: string, code: string, message: RegExp): Promise<void> {
  await assert.rejects(readModel(path), (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

test("what is wrong with a folder is named", async (t) => {
  const folder = temporaryFolder(t);
  const graphIn = (
    name: string,
    change: (file: tensorflow.SavedModel) => void,
    file: tensorflow.SavedModel,
  ) => {
    const path = join(folder, name);
    mkdirSync(path);
    change(file);
    writeFileSync(join(path, "saved_model.pb"), tensorflow.SavedModel.encode(file).finish());
    return path;
  };
  const node = (file: tensorflow.SavedModel, name: string) =>
    file.metaGraphs[0]!.graphDef!.node!.find((each) => each.name === name)!;

  await refused(
    graphIn(
      "training",
      (file) => {
        file.metaGraphs[0]!.metaInfoDef!.tags = ["train"];
      },
      await decoded(),
    ),
    "MODEL_FORMAT",
    /expected a graph with the tag serve, found \[train\]/,
  );
  await refused(
    graphIn(
      "second",
      (file) => {
        file.metaGraphs[0]!.objectGraphDef = new Uint8Array([8, 1]);
      },
      await decoded(),
    ),
    "MODEL_FORMAT",
    /found one of TensorFlow 2, .*Save the Keras model as \.h5/,
  );
  await refused(
    graphIn(
      "stride",
      (file) => {
        node(file, "conv_3/convolution").attr!.strides!.list!.i = [1, 2, 2, 1];
      },
      await decoded(),
    ),
    "MODEL_ARCHITECTURE",
    /strides \(1,1,1,1\), relu, a bias as layer conv_3, found conv_3\/convolution, .*strides \(1,2,2,1\)/,
  );
  await refused(
    graphIn(
      "tanh",
      (file) => {
        node(file, "conv_3/Relu").op = "Tanh";
      },
      await decoded(),
    ),
    "MODEL_ARCHITECTURE",
    /found 5 of what the operator Tanh \(conv_3\/Relu\) gives/,
  );
  await refused(
    graphIn(
      "loop",
      (file) => {
        node(file, "output_tensor").input = ["output_tensor"];
      },
      await decoded(),
    ),
    "MODEL_ARCHITECTURE",
    /found 0 of what the operator Identity \(output_tensor\) gives/,
  );
  const without = join(folder, "without");
  cpSync(FOREIGN, without, { recursive: true });
  rmSync(join(without, "variables", "variables.data-00000-of-00001"));
  await refused(
    without,
    "MODEL_FORMAT",
    /variables\.data-00000-of-00001: expected the values of a checkpoint/,
  );
  rmSync(join(without, "variables"), { recursive: true });
  await refused(without, "MODEL_FORMAT", /variables\.index: expected the index of a checkpoint/);
});

test("a flipped bit in a variable, and one in the index, are seen by their checksums", async (t) => {
  const path = join(temporaryFolder(t), "flipped");
  for (const [name, at, message] of [
    ["variables.data-00000-of-00001", 300_000, /expected values of \S+ with the checksum/],
    ["variables.index", 700, /whose checksum is wrong/],
  ] as const) {
    cpSync(FOREIGN, path, { recursive: true });
    const file = join(path, "variables", name);
    const bytes = readFileSync(file);
    bytes[at]! ^= 4;
    writeFileSync(file, bytes);
    await refused(path, "MODEL_FORMAT", message);
  }
});

test("a folder of something else is never replaced, one of its own kind with force", async (t) => {
  const path = join(temporaryFolder(t), "out");
  mkdirSync(path);
  writeFileSync(join(path, "thesis.txt"), "ten years");
  await assert.rejects(writeModel(path, model, savedModel, {}, true), {
    code: "OUTPUT_EXISTS",
    message: /found a folder with thesis\.txt in it/,
  });
  assert.equal(readFileSync(join(path, "thesis.txt"), "utf8"), "ten years");
  rmSync(path, { recursive: true });
  await writeModel(path, model, savedModel);
  await assert.rejects(writeModel(path, model, savedModel), { code: "OUTPUT_EXISTS", message: /--force/ });
  await writeModel(path, { ...model, pool: 9 }, savedModel, {}, true);
  assert.equal((await readModel(path)).pool, 9);
  writeFileSync(join(path, "thesis.txt"), "ten years");
  await assert.rejects(writeModel(path, model, savedModel, {}, true), { code: "OUTPUT_EXISTS" });
  assert.equal(readFileSync(join(path, "thesis.txt"), "utf8"), "ten years");
});
