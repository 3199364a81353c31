import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import { PNG } from "pngjs";
import { parse, stringify } from "yaml";
import { ARCHIVE_LIMITS, FILE_LIMITS } from "../../src/base/limits.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { bioimageio } from "../../src/formats/bioimageio.js";
import { encodeModel, readModel } from "../../src/formats/registry.js";
import { predictBatch } from "../../src/predict/path.js";
import { maxDifference, RANDOM_MODEL } from "../support/oracle.js";
import { runOracle, withoutModules } from "../support/oracle-python.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";

const model = {
  ...(await readModel(RANDOM_MODEL)),
  pool: 5,
  provenance: { source: "a|b.h5", trained: "2026" },
};
const archive = (await encodeModel(model, bioimageio)).get("")!;
const files = unzipSync(archive);
const description = parse(Buffer.from(files["rdf.yaml"]!).toString());

function written(context: Ending, bytes: Uint8Array = archive): string {
  const path = join(temporaryFolder(context), "model.zip");
  writeFileSync(path, bytes);
  return path;
}

/** The values and the header of a .npy file. */
function npy(name: string): { header: string; values: Float32Array } {
  const bytes = Buffer.from(files[name]!);
  const start = 10 + bytes.readUInt16LE(8);
  assert.equal(start % 64, 0);
  return {
    header: bytes.toString("latin1", 10, start),
    values: new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer),
  };
}

test("weights, provenance and pool come back unchanged, bit for bit", async (t) => {
  assert.deepEqual(await readModel(written(t)), model);
});

test("the same model gives the same bytes", async () => {
  assert.deepEqual((await encodeModel(model, bioimageio)).get(""), archive);
});

test("every file is described by its name and SHA-256", () => {
  const entries = [
    description.documentation,
    ...description.covers,
    description.inputs[0].test_tensor,
    description.outputs[0].test_tensor,
    description.weights.onnx,
  ] as { source: string; sha256: string }[];
  for (const { source, sha256 } of entries) {
    assert.equal(createHash("sha256").update(files[source]!).digest("hex"), sha256, source);
  }
  assert.deepEqual(["rdf.yaml", ...entries.map(({ source }) => source)].sort(), Object.keys(files).sort());
});

test("the description tells sizes, the graph's version, the publication and where the weights come from", () => {
  const { inputs, outputs, weights, cite, config } = description;
  assert.deepEqual(inputs[0].axes.slice(2), [
    { type: "space", id: "y", size: { min: 4, step: 4 } },
    { type: "space", id: "x", size: { min: 4, step: 4 } },
  ]);
  assert.deepEqual(outputs[0].axes[3].size, { tensor_id: "frames", axis_id: "x" });
  assert.equal(weights.onnx.opset_version, 17);
  assert.equal(cite[0].doi, "10.1364/OE.26.030882");
  assert.deepEqual(config.defcon_fiji.provenance, model.provenance);
  assert.match(Buffer.from(files["README.md"]!).toString(), /\| source \| a\\\|b\.h5 \|/);
});

test("its test output is the map that this program counts its test input with", async () => {
  const { header, values: pixels } = npy("test_frames.npy");
  assert.match(header, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1, 1, 64, 64,\), \} *\n$/);
  const network = await (await startOnnxRuntime()).prepare(model);
  const batch = { width: 64, height: 64, count: 1, pixels };
  const wanted = { density: true, maxLocalCount: false, pool: 7 };
  const [prediction] = await predictBatch({ network, ...model }, batch, wanted);
  await network.dispose();
  const { values } = npy("test_density.npy");
  assert.ok(Math.max(...values) > 0.01);
  assert.ok(maxDifference(values, prediction!.density!) < 1e-5);
});

test("the cover is twice as wide as high and smaller than 500 kB", () => {
  const { width, height } = PNG.sync.read(Buffer.from(files["cover.png"]!));
  assert.equal(width, 2 * height);
  assert.ok(files["cover.png"]!.length < 500_000);
});

test("an archive without a package, without ONNX weights or with other weights than described is refused", async (t) => {
  const described = (weights: object) => strToU8(stringify({ ...description, weights }));
  const foreign = { keras_hdf5: { source: "weights.h5" } };
  const { "rdf.yaml": _, ...undescribed } = files;
  const refused: [entries: Zippable, message: RegExp][] = [
    [undescribed, /expected a bioimage.io package \(rdf.yaml or bioimageio.yaml\), found weights.onnx, /],
    [{ ...files, "rdf.yaml": described(foreign) }, /expected ONNX weights .*, found keras_hdf5/],
    [
      { ...files, "rdf.yaml": described({ onnx: { source: "../../etc/x" } }) },
      /expected the file ..\/..\/etc\/x in it/,
    ],
    [{ ...files, "rdf.yaml": strToU8("a: [") }, /expected YAML in rdf.yaml/],
    [{ ...files, "weights.onnx": files["cover.png"]! }, /expected weights.onnx with the SHA-256/],
  ];
  for (const [entries, message] of refused) {
    await assert.rejects(readModel(written(t, zipSync(entries))), { code: "MODEL_FORMAT", message });
  }
  await assert.rejects(readModel(written(t, Buffer.from("PK\x03\x04"))), { code: "MODEL_FORMAT" });
});

test("an archive that would fill the memory is refused before it does", async (t) => {
  const { maxEntries, maxUnpackedBytes } = ARCHIVE_LIMITS;
  const zeros = zipSync({ "rdf.yaml": new Uint8Array(maxUnpackedBytes + 1) }, { level: 1 });
  await assert.rejects(readModel(written(t, zeros)), {
    code: "MODEL_FORMAT",
    message: /bytes when unpacked/,
  });
  const names = Array.from({ length: maxEntries + 1 }, (_, i) => [`${i}`, new Uint8Array()] as const);
  await assert.rejects(readModel(written(t, zipSync(Object.fromEntries(names)))), {
    code: "MODEL_FORMAT",
    message: /at most 256 files/,
  });
  const large = new Uint8Array(FILE_LIMITS.maxModelBytes + 1);
  large.set(archive);
  await assert.rejects(readModel(written(t, large)), {
    code: "MODEL_FORMAT",
    message: /a model of at most/,
  });
});

test("the checker of bioimage.io passes it", {
  skip: withoutModules("bioimageio", "onnxruntime"),
}, async (t) => {
  const { status } = await runOracle<{ status: string }>("check_exports.py", "bioimageio", written(t));
  assert.equal(status, "passed");
});
