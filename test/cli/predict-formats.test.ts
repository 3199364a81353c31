import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openStack } from "../../src/frames/open-stack.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { runCommand } from "../support/command.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { writeDax, writeOmeZarr, writePicasso } from "../support/recordings.js";
import { temporaryFolder } from "../support/temporary.js";

test("recordings of other programs are counted as TensorFlow counts their frames, several at once", async (t) => {
  const folder = temporaryFolder(t);
  const oracle = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
  const stack = await openTifStack(oracle.path);
  await writeDax(join(folder, "storm.dax"), stack);
  await writePicasso(join(folder, "picasso.raw"), stack);
  await writeOmeZarr(join(folder, "image.ome.zarr"), stack);
  await stack.close();
  // A shell that completes the name of a folder ends it with a slash.
  const inputs = ["storm.dax", "picasso.raw", "image.ome.zarr/"].map((name) => `${folder}/${name}`);
  const results = join(folder, "results");
  mkdirSync(results);
  const { code, stderr } = await runCommand(
    ["predict", ...inputs, "-m", RANDOM_MODEL, "-o", results],
    folder,
  );
  assert.equal(code, 0, stderr);
  for (const name of ["storm", "picasso", "image"]) {
    const [, ...lines] = readFileSync(join(results, `${name}.counts.csv`), "utf8")
      .trimEnd()
      .split("\n");
    const counts = lines.map((line) => Number(line.split(",")[1]));
    assert.equal(counts.length, oracle.count.length);
    for (const [i, count] of counts.entries()) assert.ok(Math.abs(count - oracle.count[i]!) < 1e-3, name);
    assert.ok(existsSync(join(results, `${name}.density.tif`)));
  }
  // The maps have the pixel size that the recording told.
  const map = await openStack(join(results, "image.density.tif"));
  await map.close();
  const { pixelWidth, unit, frameInterval } = map.info.calibration;
  assert.ok(Math.abs(pixelWidth! - 160) < 1e-3);
  assert.deepEqual([unit, frameInterval], ["nm", 0.05]);
});
