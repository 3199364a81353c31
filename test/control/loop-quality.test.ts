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

test("settling is when the mean over three seconds comes within a fifth of the set point, and stays", () => {
  // The mean of 3 k values of 10 and 30 - 3 k of 0 is k: it reaches 8 with the 24th, at 7.3 s.
  const quality = loopQuality(run([0, 50], [10, 200]), 10);
  near(quality.settling!, 7.3);
  near(quality.overshoot, 0);
  near(quality.outside, 73 / 250);
  // From 7.3 s on all values are 10.
  near(quality.steadyError, 0);
  near(quality.dose, 2 * 24.9);
});

test("overshoot is the largest mean over three seconds above the set point", () => {
  const quality = loopQuality(run([0, 20], [14, 20], [11, 160]), 10);
  // Twenty values of 14 and ten of 11.
  near(quality.overshoot, 0.3);
  near(quality.steadyError, 0.1);
});

test("a loop has not settled while it leaves the band for more than a tenth of the time", () => {
  assert.equal(loopQuality(run([10, 150], [20, 150]), 10).settling, undefined);
  near(loopQuality(run([10, 150], [20, 150]), 10, 15).settling!, 0);
  // A second of 14 in three of 10 is a mean of 11.3.
  near(loopQuality(run([10, 150], [14, 10], [10, 150]), 10).settling!, 0);
  // After two seconds of 20, the mean is 12 again once only six values of 20 are among thirty.
  near(loopQuality(run([10, 5], [20, 20], [10, 500]), 10).settling!, 4.8);
  assert.equal(loopQuality(run([10, 99]), 10).settling, undefined);
});
