import assert from "node:assert/strict";
import { test } from "node:test";
import { type Certainty, judgeSigns, OUTPUTS, oddsOf } from "../../src/certainty/certainty.js";
import { certaintyText, parseCertainty } from "../../src/certainty/certainty-text.js";
import { SIGNS } from "../../src/certainty/frame-signs.js";
import { KIND_WORDS } from "../../src/certainty/kinds.js";
import type { Perceptron } from "../../src/certainty/perceptron.js";

/** A network of one hidden unit whose outputs are these, whatever comes in. */
function saying(...outputs: number[]): Perceptron {
  return {
    mean: new Float64Array(SIGNS.length),
    deviation: new Float64Array(SIGNS.length).fill(1),
    first: new Float64Array(SIGNS.length + 1),
    second: Float64Array.from(outputs.flatMap((output) => [0, output])),
    hidden: 1,
    outputs: outputs.length,
  };
}

const usual = saying(3, 0, 0, 0, 0, 0);
const BASE: Certainty = {
  errors: saying(Math.log(0.5), Math.log(0.25)),
  kinds: usual,
  factors: [1, 2],
  limits: [0, 0, 0, 0, 0],
  frames: 100,
  ranges: { width: [0.1, 0.6] },
  trainedOn: { pixelSize: [60, 175] },
};

/** Signs of 0 but for a width within the range. */
function signs(width = 0.3): Float64Array {
  const values = new Float64Array(SIGNS.length);
  values[SIGNS.indexOf("width")] = width;
  return values;
}

test("the expected error is the network's, times its factor and the root of the count", () => {
  const { countError, maxLocalCountError, unlike } = judgeSigns(BASE, signs(), {
    count: 3.98,
    maxLocalCount: 0.98,
  });
  // 0.5 √(0.02 + 3.98) and 2 · 0.25 √(0.02 + 0.98).
  assert.ok(Math.abs(countError - 1) < 1e-12 && Math.abs(maxLocalCountError - 0.5) < 1e-12);
  assert.equal(unlike, "");
});

test("the kind farthest above its limit gives the reason; below all limits a frame is usual", () => {
  const counts = { count: 1, maxLocalCount: 1 };
  const kinds = saying(0, 1, 5, 0, -1, -1);
  const reasonWith = (...limits: number[]) => judgeSigns({ ...BASE, kinds, limits }, signs(), counts).unlike;
  assert.equal(reasonWith(0, 0, 0, 0, 0), KIND_WORDS.elongated);
  // Doubled is 0.9 above its limit, elongated 0.5.
  assert.equal(reasonWith(0.1, 4.5, 0, 0, 0), KIND_WORDS.doubled);
  assert.equal(reasonWith(1, 5, 0, 0, 0), "");
  assert.equal(reasonWith(1, 5, -0.1, 0, 0), KIND_WORDS.unfocused);
  assert.equal(oddsOf(Float64Array.of(2, 1, 5, 0, 0, 0), 1), 3);
});

test("a sign beyond its range is a reason of its own", () => {
  const counts = { count: 1, maxLocalCount: 1 };
  assert.match(judgeSigns(BASE, signs(0.05), counts).unlike, /narrower/);
  assert.match(judgeSigns(BASE, signs(0.7), counts).unlike, /wider/);
});

test("what is written is read, to six digits", () => {
  const odd: Certainty = { ...BASE, errors: saying(Math.PI, -Math.E), limits: [-1.234567, 0, 1, 2, 3] };
  const read = parseCertainty(certaintyText(odd))!;
  assert.ok(Math.abs(read.errors.second[1]! - Math.PI) < 1e-5);
  assert.deepEqual([read.errors.hidden, read.errors.outputs], [1, OUTPUTS.errors]);
  assert.deepEqual([read.factors, read.ranges, read.trainedOn], [[1, 2], BASE.ranges, BASE.trainedOn]);
  assert.equal(certaintyText(read), certaintyText(odd));
});

test("other signs than this program's mean nothing; damaged numbers are an error", () => {
  const text = certaintyText(BASE);
  assert.equal(parseCertainty(text.replace('"area"', '"volume"')), undefined);
  assert.throws(() => parseCertainty(text.replace('"factors":[1,2]', '"factors":[1]')), /factors/);
  assert.throws(() => parseCertainty(text.replace('"limits":[0,', '"limits":[')), /limits/);
  assert.throws(() => parseCertainty(text.replace('"width":[0.1,0.6]', '"width":[0.1]')), /width/);
  assert.throws(() => parseCertainty("{"), SyntaxError);
});
