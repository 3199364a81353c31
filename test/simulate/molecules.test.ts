import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import {
  Molecules,
  meanShareOn,
  type Photophysics,
  type PopulationSize,
} from "../../src/simulate/molecules.js";
import { assertNear, moments, sum, THEORY } from "../support/simulation.js";

const NEVER = Number.POSITIVE_INFINITY;

/** The light of each molecule in each frame, without differences of brightness. */
function run(
  photophysics: Photophysics,
  size: PopulationSize,
  frames: number,
  seed = 1,
): Map<number, number>[] {
  const molecules = new Molecules(new Random(seed), frames, photophysics, size, () => [0, 0, 0], 0);
  return Array.from({ length: frames }, () => {
    const { id, light } = molecules.advance();
    return new Map(id.map((each, i) => [each, light[i]!]));
  });
}

/** Lengths of the runs of frames in which molecules are on throughout, with the parts at both ends, that begin and end within. */
function timesOn(frames: Map<number, number>[]): number[] {
  const open = new Map<number, number>();
  const lengths: number[] = [];
  for (const [i, frame] of frames.entries()) {
    for (const [id, length] of open) {
      if (frame.has(id)) continue;
      lengths.push(length);
      open.delete(id);
    }
    for (const [id, light] of frame)
      if (i > 0 && (open.has(id) || !frames[i - 1]!.has(id))) open.set(id, (open.get(id) ?? 0) + light);
  }
  return lengths;
}

test("times on are exponential", () => {
  // Each is dark for so long that two times on never touch.
  const lengths = timesOn(
    run({ onTime: 3, offTime: 500, blinks: NEVER, steady: true }, { total: 20_000 }, 400),
  );
  const { mean, variance, count } = moments(lengths);
  assert.ok(count > 10_000);
  assertNear(mean, 3, 3 / Math.sqrt(count), "mean");
  assertNear(variance, 9, 9 * Math.sqrt(8 / count), "variance");
  for (const time of [0.2, 1, 4, 9]) {
    const share = Math.exp(-time / 3);
    const longer = lengths.filter((length) => length > time).length / count;
    assertNear(longer, share, Math.sqrt((share * (1 - share)) / count), `share of times above ${time}`);
  }
});

test("the number of times on is geometric", () => {
  const [frames, offTime] = [20_000, 400];
  const seen = run({ onTime: 0.5, offTime, blinks: 4, steady: true }, { total: 4_000 }, frames);
  const [first, times] = [new Map<number, number>(), new Map<number, number>()];
  for (const [i, frame] of seen.entries()) {
    for (const id of frame.keys()) {
      if (!first.has(id)) first.set(id, i);
      if (!seen[i - 1]?.has(id)) times.set(id, (times.get(id) ?? 0) + 1);
    }
  }
  // Later ones would be cut off by the end.
  const whole = [...times].filter(([id]) => first.get(id)! < frames - 30 * offTime).map(([, n]) => n);
  const { mean, count } = moments(whole);
  // One dark time in 200 is too short to be seen between frames.
  assertNear(mean, 4 - 3 / 200, Math.sqrt(12 / count), "mean");
  for (const n of [1, 2, 5]) {
    const share = 0.25 * 0.75 ** (n - 1);
    const found = whole.filter((each) => each === n).length / count;
    assertNear(found, share, Math.sqrt((share * (1 - share)) / count), `share that is on ${n} times`);
  }
});

test("a steady population has as many on at any moment as are asked for, bleaching or not", () => {
  for (const blinks of [1, 3, NEVER]) {
    const frames = run({ onTime: 1.7, offTime: 20, blinks, steady: true }, { on: 200 }, 600, 3);
    for (const [from, to] of [
      [0, 100],
      [500, 600],
    ] as const) {
      const light = sum(frames.slice(from, to).flatMap((frame) => [...frame.values()]));
      // Times on of 1.7 frames make about 1 + 2 · 1.7 frames alike.
      const independent = (to - from) / 4.4;
      assertNear(
        light / (to - from),
        200,
        Math.sqrt(200 / independent),
        `${blinks} blinks, frames ${from} to ${to}`,
      );
    }
  }
});

test("molecules that are all there at the start are used up as their rates say", () => {
  for (const { share, frames, ...rates } of THEORY.populations) {
    assert.ok(
      Math.abs(meanShareOn({ ...rates, steady: false }, frames) / share - 1) < 1e-6,
      JSON.stringify(rates),
    );
  }
  const rates = { onTime: 2, offTime: 10, blinks: 3, steady: false };
  const light = sum(run(rates, { total: 20_000 }, 50).flatMap((frame) => [...frame.values()]));
  const expected = THEORY.populations[0]!.share * 50 * 20_000;
  assertNear(light, expected, Math.sqrt(20_000) * 6, "light");
  const asked = sum(run(rates, { on: 500 }, 50).flatMap((frame) => [...frame.values()]));
  assertNear(asked / 50, 500, 500 / 40, "on at any moment");
});

test("a molecule gives no more than a frame's light in a frame, and its brightness scales it", () => {
  const place = () => [1, 2, 3] as const;
  const population = new Molecules(
    new Random(5),
    200,
    { onTime: 4, offTime: 8, blinks: 2, steady: true },
    { on: 50 },
    place,
    0.4,
  );
  const full = new Map<number, number>();
  for (let i = 0; i < 200; i++) {
    const { id, x, y, z, light } = population.advance();
    assert.ok(x.every((v) => v === 1) && y.every((v) => v === 2) && z.every((v) => v === 3));
    assert.equal(new Set(id).size, id.length, "one row for each molecule");
    for (const [row, each] of id.entries()) full.set(each, Math.max(full.get(each) ?? 0, light[row]!));
  }
  const bright = [...full.values()].filter((light) => light > 1.3).length;
  assert.ok(bright > 20, "some are brighter than the mean");
});
