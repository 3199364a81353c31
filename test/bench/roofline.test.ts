import assert from "node:assert/strict";
import { test } from "node:test";
import { frameCost, intensity } from "../../bench/roofline.js";
import { defcon } from "../../src/model/defcon.js";
import { defconFast } from "../../src/model/defcon-fast.js";
import { conv, deconv, head } from "../../src/model/layer-rows.js";

test("the cost of a network of three layers is the one worked out by hand", () => {
  const architecture = {
    name: "three",
    description: "",
    sideMultiple: 2,
    layers: [conv("halved", 4, 2), deconv("doubled", 2), head("density", "density", "linear")],
  };
  const cost = frameCost(architecture, 8);
  // 16 pixels at half resolution: 3 x 3 x 1 x 4 and 3 x 3 x 4 x 2 values; 64 pixels: 2.
  assert.equal(cost.flops, 2 * (16 * 36 + 16 * 72 + 64 * 2));
  // Maps of 64 x 1 and 16 x 4; 16 x 4 and 64 x 2; 64 x 2 and 64 x 1 values.
  assert.equal(cost.mapBytes, 4 * (64 + 64 + 64 + 128 + 128 + 64));
  // Kernels with their biases; the head has none.
  assert.equal(cost.weightBytes, 4 * (36 + 4 + 72 + 2 + 2));
  assert.equal(intensity(cost, 2), (2 * cost.flops) / (2 * cost.mapBytes + cost.weightBytes));
});

test("the shipped networks cost what their rows add up to by hand", () => {
  // Multiplications a pixel of the frame, layer by layer.
  const fast = [100, 288, 576, 576, 576, 144, 72, 4];
  const segmentation = [144, 576, 1152, 576, 1152, 288, 144, 8];
  const density = [144, 576, 1152, 576, 3200, 288, 144, 8];
  const sum = (list: number[]) => list.reduce((all, each) => all + each);
  assert.equal(frameCost(defconFast, 64).flops, 2 * 64 * 64 * sum(fast));
  assert.equal(frameCost(defcon, 64).flops, 2 * 64 * 64 * sum([...segmentation, ...density]));
});
