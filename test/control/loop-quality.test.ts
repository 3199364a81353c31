import assert from "node:assert/strict";
import { test } from "node:test";
import { loopQuality } from "../../src/control/loop-quality.js";

/** Values that each last so many tenths of a second, under an output of 2. */
function run(...parts: [value: number, tenths: number][]) {
  const value = parts.flatMap(([each, tenths]) => Array.from({ length: tenths }, () => each));
  return { time: value.map((_, i) => i / 10), value, output: value.map(() => 2) };
}

const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-9, `${found}, not ${wanted}`);

test("settling is when the mean over a second comes within a fifth of the set point, and stays", () => {
  // The mean of k values of 10 and 10 - k of 0 is k: it reaches 8 with the eighth, at 5.7 s.
  const quality = loopQuality(run([0, 50], [10, 100]), 10);
  near(quality.settling!, 5.7);
  near(quality.overshoot, 0);
  near(quality.outside, 57 / 150);
  // From 5.7 s on all values are 10.
  near(quality.steadyError, 0);
  near(quality.dose, 2 * 14.9);
});

test("overshoot is the largest mean over a second above the set point", () => {
  const quality = loopQuality(run([0, 20], [14, 20], [11, 60]), 10);
  near(quality.overshoot, 0.4);
  near(quality.steadyError, 0.1);
});

test("a loop that leaves the band for more than a tenth of the time has not settled there", () => {
  assert.equal(loopQuality(run([10, 50], [20, 50]), 10).settling, undefined);
  near(loopQuality(run([10, 50], [20, 50]), 10, 5).settling!, 0);
  // A disturbance of one second in twenty is passed over.
  near(loopQuality(run([10, 95], [20, 5], [10, 100]), 10).settling!, 0);
});
