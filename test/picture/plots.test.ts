import assert from "node:assert/strict";
import { test } from "node:test";
import { groupPlot } from "../../src/picture/group-plot.js";
import { rasterise } from "../../src/picture/rasterise.js";
import { scatterPlot } from "../../src/picture/scatter-plot.js";

// The field of a 280 x 180 plot is 200 wide from x = 64 and 100 high from y = 32.
const scatter = { width: 280, height: 180, xRange: [0, 10], yRange: [0, 5], ideal: "identity" } as const;

test("points lie where their values are, those without values nowhere", () => {
  const svg = scatterPlot({ x: [0, 5, 10], y: [5, Number.NaN, 2.5], series: 0 }, scatter);
  const places = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [x, y]);
  assert.deepEqual(places, [
    ["64", "32"],
    ["264", "82"],
  ]);
});

test("the line of equal values ends where the shorter axis does", () => {
  const svg = scatterPlot({ x: [], y: [], series: 0 }, scatter);
  assert.match(svg, /<line x1="64" y1="132" x2="164" y2="32" [^>]*dasharray/);
});

test("series have marks of different shapes", () => {
  const marks = [0, 1, 2, 3, 4].map((series) => {
    const svg = scatterPlot({ x: [5], y: [2.5], series }, scatter);
    return /opacity="0.6">(.*?)<\/g>/.exec(svg)?.[1];
  });
  assert.equal(new Set(marks).size, 5);
});

test("groups stand side by side, their series within them, with intervals from end to end", () => {
  const svg = groupPlot(
    [
      [{ value: 2, interval: [1, 3] }, undefined],
      [{ value: 4 }, { value: 1 }],
    ],
    {
      groups: ["a", "b"],
      height: 180,
      yRange: [0, 5],
    },
  );
  // Two groups share 320 units: their middles are at 64 + 80 and 64 + 240, their series 9 units beside these.
  assert.match(svg, /<line x1="135" y1="112" x2="135" y2="72"/);
  assert.match(svg, /<circle cx="135" cy="92"/);
  assert.match(svg, /<text x="304" y="151"[^>]*>b<\/text>/);
  assert.equal(svg.match(/<circle/g)?.length, 1);
});

test("labels that are too long to stand side by side are turned, and make room", () => {
  const options = { height: 180, yRange: [0, 5] } as const;
  const names = Array.from({ length: 12 }, (_, i) => `dense, dim, condition ${i}`);
  const values = [names.map(() => ({ value: 1 }))];
  const svg = groupPlot(values, { ...options, groups: names });
  assert.match(svg, /rotate\(-35 /);
  assert.doesNotMatch(groupPlot(values, { ...options, groups: names.map((_, i) => `${i}`) }), /rotate/);
  const height = Number(/height="(\d+)"/.exec(svg)?.[1]);
  assert.ok(height > 250);
});

test("axes and marks are drawn by themselves too, without a page's style sheet", async () => {
  const options = { width: 120, height: 120 };
  const bare = await rasterise(scatterPlot({ x: [], y: [], series: 0 }, { ...scatter, ...options }));
  const dotted = await rasterise(scatterPlot({ x: [5], y: [2], series: 0 }, { ...scatter, ...options }));
  assert.notDeepEqual(bare, dotted);
});

test("a description becomes the drawing's label", () => {
  const svg = scatterPlot({ x: [], y: [], series: 0 }, { ...scatter, description: 'a "b" <c>' });
  assert.match(svg, /^<svg [^>]*role="img" aria-label="a &quot;b&quot; &lt;c&gt;">/);
});
