import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";

interface Bins {
  parameter: number;
  edges: number[];
  probabilities: number[];
  /** Chi-squared that one sample in 10,000 exceeds. */
  limit: number;
}

/** What scipy says: scripts/oracle/simulation_fixtures.py. */
export const THEORY = JSON.parse(
  readFileSync(join(packageRoot, "test", "data", "simulate", "expected.json"), "utf8"),
) as {
  distributions: Record<"normal" | "poisson" | "gamma", Bins[]>;
  image: {
    side: number;
    pixelSize: number;
    wavelength: number;
    na: number;
    nImmersion: number;
    x: number;
    y: number;
  };
  gaussian: { psfSigma: number; shares: number[] };
  airy: { shares: number[]; fullWidth: number; encircled: Record<string, number> };
  radii: number[];
  defocused: Record<string, number[]>;
  layers: { settings: Record<string, number>; intensity: Record<string, number[]> };
  populations: { onTime: number; offTime: number; blinks: number; frames: number; share: number }[];
};

/** Checks that values are distributed over bins as they should be. */
export function assertDistributed(
  values: Iterable<number>,
  { edges, probabilities, limit }: Bins,
  what: string,
): void {
  const counts = probabilities.map(() => 0);
  let total = 0;
  for (const value of values) {
    const bin = edges.findIndex((edge) => value <= edge);
    counts[bin < 0 ? edges.length : bin]!++;
    total++;
  }
  const chiSquared = counts.reduce(
    (sum, count, i) => sum + (count - total * probabilities[i]!) ** 2 / (total * probabilities[i]!),
    0,
  );
  assert.ok(chiSquared < limit, `${what}: chi-squared ${chiSquared}, at most ${limit}`);
}

export function moments(values: Iterable<number>): { mean: number; variance: number; count: number } {
  let [count, mean, squares] = [0, 0, 0];
  for (const value of values) {
    count++;
    const difference = value - mean;
    mean += difference / count;
    squares += difference * (value - mean);
  }
  return { mean, variance: squares / (count - 1), count };
}

/** Checks that a number is within five standard errors of what it should be. */
export function assertNear(found: number, expected: number, standardError: number, what = "value"): void {
  assert.ok(
    Math.abs(found - expected) <= 5 * standardError,
    `${what} ${found} instead of ${expected} ± ${standardError}`,
  );
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
