import assert from "node:assert/strict";
import { test } from "node:test";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { readModel } from "../../src/formats/registry.js";
import { haloOf } from "../../src/predict/halo.js";
import { predictTiled, spans } from "../../src/predict/tiling.js";
import { maxDifference, RANDOM_MODEL } from "../support/oracle.js";
import { WINDOW_MODEL } from "../support/window-oracle.js";

const model = await readModel(RANDOM_MODEL);
const network = await (await startOnnxRuntime()).prepare(model);
const [width, height] = [200, 168];
const frame = Float32Array.from({ length: width * height }, (_, i) => ((i * 7919) % 1009) / 1009);
const whole = await network.predict(frame, [1, height, width]);

test("a tiled map equals the untiled one, for tiles of any size", async () => {
  for (const tile of [36, 64, 100, 132, 199]) {
    const tiled = await predictTiled(network, model.architecture, frame, [1, height, width], tile);
    assert.ok(maxDifference(tiled, whole) < 1e-5, `tile ${tile}`);
  }
});

test("a sequence of three-frame windows is tiled without a seam, too", async () => {
  const windows = await (await startOnnxRuntime()).prepare(WINDOW_MODEL);
  const shape = [4, 84, 96] as const;
  const frames = Float32Array.from({ length: 4 * 84 * 96 }, (_, i) => ((i * 7919) % 1009) / 1009);
  const untiled = await windows.predict(frames, shape);
  const largest = untiled.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const tile of [36, 64]) {
    const tiled = await predictTiled(windows, WINDOW_MODEL.architecture, frames, shape, tile);
    assert.ok(maxDifference(tiled, untiled) < 1e-5 * largest, `tile ${tile}`);
  }
  await windows.dispose();
});

test("the halo is exact: the network sees as far and no farther", async () => {
  const { before, after } = haloOf(model.architecture);
  const [x, y] = [100, 84];
  const changed = async (dx: number, dy: number) => {
    const other = Float32Array.from(frame);
    // All of a 4-pixel block, so that the answer does not hang on one value.
    for (let j = 0; j < 4; j++) for (let i = 0; i < 4; i++) other[(y + dy + j) * width + x + dx + i]! += 5;
    const map = await network.predict(other, [1, height, width]);
    let largest = 0;
    for (let j = 0; j < 4; j++)
      for (let i = 0; i < 4; i++) {
        const at = (y + j) * width + x + i;
        largest = Math.max(largest, Math.abs(map[at]! - whole[at]!));
      }
    return largest;
  };
  assert.ok((await changed(-before, 0)) > 0 && (await changed(0, -before)) > 0);
  assert.equal(await changed(-before - 4, 0), 0);
  assert.equal(await changed(0, -before - 4), 0);
  assert.equal(await changed(after + 4, 0), 0);
  assert.equal(await changed(0, after + 4), 0);
});

test("spans cover a side once, in equal parts of whole blocks, and stay inside it", () => {
  for (const side of [4, 1024, 1028, 2048, 5000, 5004]) {
    const parts = spans(side, 1024, 4, { before: 28, after: 28 });
    assert.equal(parts[0]!.start, 0);
    assert.equal(parts.at(-1)!.end, side);
    for (const [i, part] of parts.entries()) {
      assert.equal(part.start % 4, 0);
      assert.equal(part.outerStart, Math.max(0, part.start - 28));
      assert.equal(part.outerEnd, Math.min(side, part.end + 28));
      if (i > 0) assert.equal(part.start, parts[i - 1]!.end);
      assert.ok(part.end - part.start <= 1024);
    }
  }
});
