import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { viridis } from "../../src/picture/viridis.js";

// Rows of matplotlib 3.11's own table, as fractions.
const published = JSON.parse(
  readFileSync(join(packageRoot, "test/data/picture/viridis.json"), "utf8"),
) as Record<string, number[]>;

test("viridis has matplotlib's colours", () => {
  for (const [step, colour] of Object.entries(published)) {
    const expected = colour.map((part) => Math.round(part * 255));
    assert.deepEqual(viridis((Number(step) + 0.5) / 256), expected, `step ${step}`);
  }
});

test("viridis gives values beyond its ends the colour of the end", () => {
  assert.deepEqual(viridis(-3), viridis(0));
  assert.deepEqual(viridis(7), viridis(1));
});
