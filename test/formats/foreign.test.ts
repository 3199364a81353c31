import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import { packageRoot } from "../../src/base/home.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { bioimageio } from "../../src/formats/bioimageio.js";
import { encodeModel, readModel } from "../../src/formats/registry.js";
import { savedModel } from "../../src/formats/saved-model/saved-model.js";
import type { Model } from "../../src/model/weights.js";
import { predictBatch } from "../../src/predict/path.js";
import { maxDifference, RANDOM_MODEL } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

// Files of other programs: scripts/oracle/foreign_models.py.
const folder = join(packageRoot, "test", "data", "model", "foreign");
const foreign = (name: string) => join(folder, name);
const expected = JSON.parse(readFileSync(foreign("foreign.json"), "utf8")) as {
  shape: [number, number, number];
  pixels: string;
  density: Record<"keras" | "half" | "dynamic" | "tf2onnx", string>;
};
const floats = (text: string) => new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
const engine = await startOnnxRuntime();

/** What this program makes of the frames with a model. */
async function densityOf(model: Model): Promise<Float32Array> {
  const [count, height, width] = expected.shape;
  const network = await engine.prepare(model);
  const batch = { width, height, count, pixels: floats(expected.pixels) };
  const wanted = { density: true, maxLocalCount: false, pool: 7 };
  const predictions = await predictBatch({ network, ...model }, batch, wanted);
  await network.dispose();
  return Float32Array.from(predictions.flatMap(({ density }) => [...density!]));
}

const keras = floats(expected.density.keras);
const reference = await readModel(foreign("fast.h5"));

for (const [name, title] of [
  ["fast.keras", "a .keras file of Keras 3"],
  ["fast.weights.h5", "Keras 3's file of weights alone"],
  ["fast.h5", "Keras 3's .h5 file"],
  ["external.onnx", "an ONNX file with its weights beside it"],
  ["tf2onnx.onnx", "an ONNX file of tf2onnx"],
] as const) {
  test(`${title} gives the weights, and the maps that Keras makes with them`, async () => {
    const model = await readModel(foreign(name));
    assert.equal(model.architecture.name, "defcon-fast");
    assert.deepEqual(model.weights, reference.weights);
    assert.ok(maxDifference(await densityOf(model), keras) < 1e-6);
  });
}

test("an ONNX file in half precision gives the rounded weights, the maps that ONNX Runtime makes of it, and says so", async () => {
  const model = await readModel(foreign("half.onnx"));
  for (const [name, { data }] of model.weights) {
    const whole = reference.weights.get(name)!.data;
    // Half precision has 11 bits.
    assert.ok(
      data.every((value, i) => Math.abs(value - whole[i]!) <= Math.abs(whole[i]!) * 2 ** -11 + 2 ** -24),
      name,
    );
  }
  assert.match(model.provenance.precision!, /half precision/);
  const difference = maxDifference(await densityOf(model), floats(expected.density.half));
  assert.ok(
    difference < 1e-3 &&
      difference <
        maxDifference(
          keras,
          keras.map(() => 0),
        ) /
          100,
    `${difference}`,
  );
});

test("tf2onnx' own maps are those of Keras", () => {
  assert.ok(maxDifference(floats(expected.density.tf2onnx), keras) < 1e-6);
});

for (const [name, code, message] of [
  ["dynamic.onnx", "MODEL_FORMAT", /found one that was quantised to 8 bits.*Take the model from before/],
  ["static.onnx", "MODEL_FORMAT", /found one that was quantised to 8 bits.*Take the model from before/],
  ["other.onnx", "MODEL_ARCHITECTURE", /found an ONNX model of tf2onnx 1\.17\.0\S* .*with 2 convolutions/],
  ["other.keras", "MODEL_ARCHITECTURE", /found a Keras model with the layers first, last/],
] as const) {
  test(`${name} is named for what it is`, async () => {
    await assert.rejects(readModel(foreign(name)), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /damaged/);
      return true;
    });
  });
}

test("an ONNX file without the weights that lie beside it names them, and takes none from elsewhere", async (t) => {
  const place = temporaryFolder(t);
  const path = join(place, "external.onnx");
  copyFileSync(foreign("external.onnx"), path);
  await assert.rejects(readModel(path), {
    code: "MODEL_FORMAT",
    message:
      /expected the file external\.data beside it, in which its weights are, found no such file\. .*Copy external\.data/,
  });
  copyFileSync(foreign("external.data"), join(place, "external.data"));
  await readModel(path);
  writeFileSync(join(place, "external.data"), readFileSync(foreign("external.data")).subarray(0, 1000));
  await assert.rejects(readModel(path), { code: "MODEL_FORMAT", message: /bytes of fast_conv/ });
  const outside = readFileSync(path).toString("latin1").replaceAll("external.data", "/etc/password");
  writeFileSync(path, outside, "latin1");
  await assert.rejects(readModel(path), {
    code: "MODEL_FORMAT",
    message: /the place of \S+ in a file beside it/,
  });
});

test("a .keras file of an early Keras 3, whose groups have no names, is read by the order of its layers", async (t) => {
  const files = unzipSync(readFileSync(foreign("fast.keras")));
  const path = join(temporaryFolder(t), "early.keras");
  const { File, FS, ready } = await import("h5wasm/node");
  await ready;
  assert.ok(FS !== undefined);
  const h5 = join(path, "..", "weights.h5");
  writeFileSync(h5, files["model.weights.h5"]!);
  const file = new File(h5, "a");
  const layers = (file.get("layers") as unknown as { keys(): string[] }).keys();
  for (const layer of layers) {
    const vars = file.get(`layers/${layer}/vars`) as unknown as { delete_attribute(name: string): void };
    vars.delete_attribute("name");
  }
  file.close();
  const early: Zippable = { ...files, "model.weights.h5": readFileSync(h5) };
  writeFileSync(path, zipSync(early));
  assert.deepEqual((await readModel(path)).weights, reference.weights);
});

async function packed(context: Ending, entries: Zippable): Promise<string> {
  const path = join(temporaryFolder(context), "packed.zip");
  writeFileSync(path, zipSync(entries));
  return path;
}

test("a package in a folder of the archive is read, whatever the system added", async (t) => {
  const model = await readModel(RANDOM_MODEL);
  const files = unzipSync((await encodeModel(model, bioimageio)).get("")!);
  const moved = Object.entries(files).map(([name, bytes]) => [`my model/${name}`, bytes] as const);
  const path = await packed(t, {
    ...{ "__MACOSX/my model/._rdf.yaml": strToU8("x"), "my model/.DS_Store": strToU8("x") },
    ...Object.fromEntries(moved),
  });
  assert.deepEqual((await readModel(path)).weights, model.weights);
});

test("an archive of something else, and one of a folder that is a model, are told apart", async (t) => {
  await assert.rejects(readModel(await packed(t, { "a.txt": strToU8("x"), "b/c.txt": strToU8("y") })), {
    code: "MODEL_FORMAT",
    message: /found a zip archive with a\.txt, b\/c\.txt in it/,
  });
  const files = await encodeModel(reference, savedModel);
  const folderOf = Object.fromEntries([...files].map(([name, bytes]) => [`tf/${name}`, bytes]));
  await assert.rejects(readModel(await packed(t, folderOf)), {
    code: "MODEL_FORMAT",
    message: /It holds a TensorFlow SavedModel: unpack it, and give the path of the folder/,
  });
});
