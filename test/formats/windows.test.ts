import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FORMATS, readModel, WRITTEN_FORMATS, writeModel } from "../../src/formats/registry.js";
import { savedModel } from "../../src/formats/saved-model/saved-model.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { countsOf } from "../../src/predict/counts.js";
import { maxDifference } from "../support/oracle.js";
import { exportedValues, runOracle, withoutModules, withoutPython } from "../support/oracle-python.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { WINDOW_BATCH, WINDOW_MODEL, WINDOW_ORACLE } from "../support/window-oracle.js";

const [COUNT, HEIGHT, WIDTH] = WINDOW_BATCH.shape;
const SIZE = HEIGHT * WIDTH;

/** A stack of the oracle's frames, in another scale. */
async function stackPath(context: Ending): Promise<string> {
  const path = join(temporaryFolder(context), "frames.tif");
  const writer = await createStackWriter(path, {
    width: WIDTH,
    height: HEIGHT,
    frames: COUNT,
    calibration: {},
  });
  const pixels = WINDOW_BATCH.input.map((value) => 100 + 900 * value);
  for (let at = 0; at < pixels.length; at += SIZE) await writer.write(pixels.slice(at, at + SIZE));
  await writer.finish();
  return path;
}

test("the weights of a network for windows come back from every format that holds it, and Keras' says that it does not", async (t) => {
  for (const format of WRITTEN_FORMATS) {
    const path = join(temporaryFolder(t), `model${format.extensions[0] ?? ""}`);
    const write = () => writeModel(path, WINDOW_MODEL, format);
    if (format.id === "keras") {
      await assert.rejects(write, {
        code: "INPUT_OPTION",
        message: /format keras: .*defcon3d.* These formats can: bioimageio, onnx, savedmodel, triton\./,
      });
      continue;
    }
    await write();
    const { architecture, weights, pool } = await readModel(path);
    assert.deepEqual([architecture.name, pool], ["defcon3d", 7], format.id);
    assert.deepEqual(weights, WINDOW_MODEL.weights, format.id);
  }
});

test("TensorFlow makes of the exported folder what it makes of the network itself", {
  skip: withoutPython,
}, async (t) => {
  const folder = temporaryFolder(t);
  const stack = await stackPath(t);
  await writeModel(join(folder, "density"), WINDOW_MODEL, savedModel);
  const { shape, values } = await exportedValues("windows", join(folder, "density"), stack);
  assert.deepEqual(shape, [COUNT / 3, 3, HEIGHT, WIDTH, 1]);
  const largest = Math.max(...WINDOW_ORACLE.density.map(Math.abs));
  assert.ok(maxDifference(values, WINDOW_ORACLE.density) < 1e-4 * largest);
  await writeModel(join(folder, "max"), WINDOW_MODEL, savedModel, { result: "max-count", pool: 5 });
  const counts = await exportedValues("windows", join(folder, "max"), stack);
  assert.deepEqual(counts.shape, [COUNT / 3, 3]);
  for (const [i, count] of counts.values.entries()) {
    const map = Float32Array.from(WINDOW_ORACLE.density.slice(i * SIZE, (i + 1) * SIZE));
    const { maxLocalCount } = countsOf(map, WIDTH, HEIGHT, 5);
    assert.ok(Math.abs(count - maxLocalCount) < 1e-3 * Math.abs(maxLocalCount));
  }
});

test("the checker of bioimage.io passes a package of windows", {
  skip: withoutModules("bioimageio", "onnxruntime"),
}, async (t) => {
  const path = join(temporaryFolder(t), "windows.zip");
  await writeModel(path, WINDOW_MODEL, FORMATS.find(({ id }) => id === "bioimageio")!);
  assert.equal(
    (await runOracle<{ status: string }>("check_exports.py", "bioimageio", path)).status,
    "passed",
  );
});

test("Triton's schema reads its repository, and the graph takes batches of windows", {
  skip: withoutModules("tritonclient", "onnxruntime"),
}, async (t) => {
  const path = join(temporaryFolder(t), "repository");
  await writeModel(path, WINDOW_MODEL, FORMATS.find(({ id }) => id === "triton")!);
  assert.equal((await runOracle<{ batch: number }>("check_exports.py", "triton", path)).batch, 16);
});
