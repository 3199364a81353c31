import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { gamma, logFactorial, logNormalFactor, normal, poisson } from "../../src/simulate/random-variates.js";
import { assertDistributed, assertNear, moments, THEORY } from "../support/simulation.js";

const COUNT = 200_000;
const DRAW = { normal: (random: Random) => normal(random), poisson, gamma };

for (const [name, cases] of Object.entries(THEORY.distributions)) {
  test(`${name} values are distributed as scipy says`, () => {
    for (const bins of cases) {
      const random = new Random(1, name, bins.parameter);
      const draw = () => DRAW[name as keyof typeof DRAW](random, bins.parameter);
      assertDistributed(Array.from({ length: COUNT }, draw), bins, `${name} ${bins.parameter}`);
    }
  });
}

test("no light gives no photons", () => {
  const random = new Random(1);
  for (let i = 0; i < 1_000; i++) assert.equal(poisson(random, 0), 0);
});

test("logarithms of factorials are right on both sides of the change from sums to the series", () => {
  let exact = 0;
  for (let n = 1; n <= 300; n++) {
    exact += Math.log(n);
    assert.ok(Math.abs(logFactorial(n) - exact) < 1e-10, `${n}!`);
  }
});

test("log-normal factors are 1 on average, with the spread that is asked for", () => {
  const random = new Random(7);
  const { mean, variance } = moments(Array.from({ length: COUNT }, () => logNormalFactor(random, 0.3)));
  assertNear(mean, 1, 0.3 / Math.sqrt(COUNT));
  assertNear(Math.sqrt(variance), 0.3, 0.3 / Math.sqrt(COUNT));
});
