import assert from "node:assert/strict";
import { test } from "node:test";
import { readingOf } from "../../src/control/quantity.js";

const AREA = { count: 32, maxLocalCount: 2.5, width: 200, height: 100 };

test("a reading is the count, the molecules per µm², or the max local count", () => {
  assert.equal(readingOf("count", AREA), 32);
  assert.equal(readingOf("max-local-count", AREA), 2.5);
  // 200 x 100 pixels of 0.1 µm are 20 µm x 10 µm.
  assert.ok(Math.abs(readingOf("density", { ...AREA, pixelSize: 100 }) - 0.16) < 1e-12);
  assert.throws(() => readingOf("density", AREA), { code: "INPUT_OPTION", message: /pixel size/ });
});
