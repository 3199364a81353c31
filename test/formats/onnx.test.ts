import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { onnx as schema } from "../../src/graph/generated/onnx.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const model = await readModel(RANDOM_MODEL);

async function written(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const path = join(temporaryFolder(t), "model.onnx");
  await writeModel(path, { ...model, pool: 5, provenance: { source: "a.h5", trained: "2026" } });
  return path;
}

test("weights, provenance and pool come back unchanged, bit for bit", async (t) => {
  const back = await readModel(await written(t));
  assert.deepEqual(back.weights, model.weights);
  assert.deepEqual(back.provenance, { source: "a.h5", trained: "2026" });
  assert.equal(back.pool, 5);
  assert.equal(back.architecture, model.architecture);
});

test("initializers go by Keras' names in ONNX' layout", async (t) => {
  const { graph } = schema.ModelProto.decode(readFileSync(await written(t)));
  const dims = new Map(graph!.initializer!.map((tensor) => [tensor.name, tensor.dims]));
  assert.deepEqual(dims.get("conv_5/kernel"), [64, 32, 5, 5]);
  assert.deepEqual(dims.get("deconv_1/kernel"), [64, 8, 3, 3]);
  assert.deepEqual(dims.get("seg/kernel"), [1, 8, 1, 1]);
});

test("a file cut at any length, and one with a flipped bit in a weight, are refused by name", async (t) => {
  const path = await written(t);
  const bytes = readFileSync(path);
  const cut = join(path, "..", "cut.onnx");
  for (let i = 0; i < 40; i++) {
    writeFileSync(cut, bytes.subarray(0, Math.floor((i * bytes.length) / 40)));
    await assert.rejects(readModel(cut), (error: Error & { code?: string }) => {
      assert.match(error.code ?? "", /^MODEL_/, error.message);
      assert.ok(error.message.startsWith(`${cut}: expected `), error.message);
      return true;
    });
  }
  const flipped = Buffer.from(bytes);
  flipped[bytes.indexOf("conv_5/kernel") + 50_000]! ^= 1;
  writeFileSync(cut, flipped);
  await assert.rejects(readModel(cut), {
    code: "MODEL_FORMAT",
    message: /expected weights with the SHA-256/,
  });
});

test("another program's ONNX model, a file of another kind, a folder and a missing file are told apart", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "other.onnx");
  writeFileSync(path, schema.ModelProto.encode({ graph: { node: [{ opType: "Relu" }] } }).finish());
  await assert.rejects(readModel(path), {
    code: "MODEL_ARCHITECTURE",
    message: /found an ONNX model without that metadata/,
  });
  const picture = join(folder, "picture.png");
  writeFileSync(picture, Buffer.from("89504e470d0a1a0a", "hex"));
  await assert.rejects(readModel(picture), {
    code: "MODEL_FORMAT",
    message: /expected a model \(Keras HDF5 .h5, .*ONNX .onnx.*\), found bytes 89504e470d0a1a0a at its start/,
  });
  await assert.rejects(readModel(folder), {
    code: "MODEL_FORMAT",
    message: /found a folder with other.onnx/,
  });
  await assert.rejects(readModel(join(folder, "none.onnx")), {
    code: "INPUT_NOT_FOUND",
    message: /found no file of that name/,
  });
});
