import assert from "node:assert/strict";
import { test } from "node:test";
import { drawDensity, drawSegmentation } from "../../src/dataset/density.js";
import { EMITTERS, fixtureDensity, PIXELS, WIDTH } from "../support/dataset.js";
import { maxDifference } from "../support/oracle.js";

function draw(emitters: [number, number][], sigma: number, width = WIDTH, pixels = PIXELS): Float64Array {
  // What was in the map before must not count.
  const map = new Float64Array(pixels).fill(7);
  drawDensity(map, width, { x: emitters.map(([x]) => x), y: emitters.map(([, y]) => y) }, sigma);
  return map;
}

test("density maps of frames that are not square are those of scipy's multivariate normal", () => {
  for (const sigma of [0.5, 1, 1.7] as const) {
    for (const [frame, density] of fixtureDensity(sigma).entries()) {
      assert.ok(
        maxDifference(draw(EMITTERS[frame]!, sigma), density) < 1e-9,
        `sigma ${sigma}, frame ${frame}`,
      );
    }
  }
});

test("the peak is at the pixel whose centre is nearest, x along the width", () => {
  const map = draw([[13.6, 2.4]], 1);
  assert.equal(map.indexOf(Math.max(...map)), 2 * WIDTH + 13);
});

test("an emitter within adds up to one, one at the corner to a quarter, one far away to nothing", () => {
  const sum = (x: number, y: number) => draw([[x, y]], 1, 40, 1_600).reduce((all, value) => all + value);
  assert.ok(Math.abs(sum(20.3, 19.8) - 1) < 1e-6);
  assert.ok(Math.abs(sum(0, 0) - 0.25) < 1e-3);
  assert.equal(sum(-20, 5), 0);
});

test("the segmentation map is 1 where the density is above the threshold, not at it", () => {
  const segMap = new Int8Array(4).fill(9);
  drawSegmentation(segMap, [0, 0.03, 0.0301, 1], 0.03);
  assert.deepEqual([...segMap], [0, 0, 1, 1]);
});
