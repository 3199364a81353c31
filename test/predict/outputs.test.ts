import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { outputPaths, StackResults } from "../../src/predict/outputs.js";
import { temporaryFolder } from "../support/temporary.js";

test("results lie beside their input, or in the folder that was named", () => {
  const beside = { density: join("data", "a.density.tif"), counts: join("data", "a.counts.csv") };
  assert.deepEqual([...outputPaths(["data/a.ome.tif"], undefined)], [["data/a.ome.tif", beside]]);
  assert.equal(outputPaths(["data/a.TIFF"], "out").get("data/a.TIFF")!.counts, join("out", "a.counts.csv"));
});

test("two inputs with the same results are refused, however their paths are written", () => {
  const code = "INPUT_OPTION";
  assert.throws(() => outputPaths(["a/x.tif", "b/x.tiff"], "out"), { code });
  assert.throws(() => outputPaths(["a/x.tif", resolve("a/x.tif")], undefined), { code });
});

test("a result that would replace another input is refused, with what to leave out", () => {
  assert.throws(() => outputPaths(["x.density.tif", "x.tif"], undefined), {
    code: "INPUT_OPTION",
    message: /^x\.density\.tif: .*the place of x\.tif's result\. Leave it out/,
  });
  assert.equal(outputPaths(["x.density.tif", "x.tif"], "out").size, 2);
});

test("where one of the two results cannot be written, neither is", async (t) => {
  const folder = temporaryFolder(t);
  const paths = outputPaths(["x.tif"], folder).get("x.tif")!;
  mkdirSync(paths.counts);
  const info = { width: 4, height: 4, frames: 1, pixelType: "uint8", calibration: {} } as const;
  await assert.rejects(StackResults.create(paths, info, 1), { code: "OUTPUT_WRITE" });
  assert.deepEqual(readdirSync(folder), ["x.counts.csv"]);
});
