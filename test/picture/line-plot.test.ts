import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../../src/picture/axes.js";
import { linePlot } from "../../src/picture/line-plot.js";

// The field of a 280 x 180 plot is 200 wide from x = 64 and 100 high from y = 32.
const options = { width: 280, height: 180, xRange: [0, 10], yRange: [0, 5] } as const;

test("a line's points land where its values lie on the axes", () => {
  const svg = linePlot([{ label: "a", x: [0, 5, 10], y: [0, 5, 2.5] }], options);
  assert.match(svg, /d="M64 132L164 32L264 82"/);
});

test("a missing value leaves a gap in the line", () => {
  const svg = linePlot([{ label: "a", x: [0, 5, 10], y: [0, Number.NaN, 5] }], options);
  assert.match(svg, /d="M64 132M264 32"/);
});

test("ticks are round numbers", () => {
  assert.deepEqual(ticks(1, 10), [2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(0, 30), [0, 5, 10, 15, 20, 25, 30]);
});
