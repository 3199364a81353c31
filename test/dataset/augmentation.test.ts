import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import {
  AUGMENTATIONS,
  augment,
  brightness,
  contrast,
  intensity,
  noise,
} from "../../src/dataset/augmentation.js";
import type { Samples } from "../../src/dataset/samples.js";

/** Samples whose pixels tell where they come from: input and target hold the same number in each, segMap its row's parity. */
function numbered(count: number, height: number, width: number, framesPerSample: 1 | 3 = 1): Samples {
  const length = count * framesPerSample * height * width;
  const input = Float32Array.from({ length }, (_, i) => i / length);
  const segMap = Float32Array.from({ length }, (_, i) => Math.floor(i / width) % 2);
  return { count, height, width, framesPerSample, input, target: input.slice(), segMap };
}

/** What an augmentation makes of a frame, for many seeds. */
function draws(change: (frame: Float32Array, random: Random) => void, frame: number[], seeds = 2_000) {
  return Array.from({ length: seeds }, (_, seed) => {
    const copy = Float32Array.from(frame);
    change(copy, new Random(seed, "augment"));
    return copy;
  });
}

function assertWithin(values: number[], low: number, high: number, spread: number) {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  assert.ok(min >= low - 1e-5 && max <= high + 1e-5, `${min} to ${max}`);
  assert.ok(min < low + spread * (high - low) && max > high - spread * (high - low), `${min} to ${max}`);
}

test("brightness multiplies a frame by 10^U(-0.5, 1)", () => {
  const factors = draws(brightness, [0.01, 0.05]).map(([a, b]) => {
    assert.ok(Math.abs(b! - 5 * a!) < 1e-6);
    return Math.log10(a! / 0.01);
  });
  assertWithin(factors, -0.5, 1, 0.01);
  assert.ok(Math.abs(factors.reduce((sum, value) => sum + value) / factors.length - 0.25) < 0.03);
});

test("contrast spreads values by U(1, 4) about the middle of their range, which stays", () => {
  const factors = draws(contrast, [0.45, 0.5, 0.55]).map(([low, middle, high]) => {
    assert.ok(Math.abs(middle! - 0.5) < 1e-6);
    assert.ok(Math.abs(high! + low! - 1) < 1e-6);
    return (high! - low!) / 0.1;
  });
  assertWithin(factors, 1, 4, 0.01);
});

test("intensity multiplies by U(0.7, 1.2) and adds U(0, 0.05), each drawn by itself", () => {
  const lines = draws(intensity, [0, 0.5]).map(([a, b]) => [a!, (b! - a!) / 0.5] as const);
  assertWithin(
    lines.map(([offset]) => offset),
    0,
    0.05,
    0.01,
  );
  assertWithin(
    lines.map(([, factor]) => factor),
    0.7,
    1.2,
    0.01,
  );
  const both = lines.filter(([offset, factor]) => offset < 0.025 && factor < 0.95).length;
  assert.ok(Math.abs(both / lines.length - 0.25) < 0.04);
});

test("noise is normal, with a deviation of 10^U(-5, -3) that is one frame's, without mean", () => {
  const exponents = draws(noise, Array(1_000).fill(0.5), 400).map((frame) => {
    const values = [...frame].map((value) => value - 0.5);
    return Math.log10(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length));
  });
  assert.ok(Math.min(...exponents) > -5.1 && Math.max(...exponents) < -2.95);
  assert.ok(Math.min(...exponents) < -4.9 && Math.max(...exponents) > -3.1);
  const large = new Float32Array(250_001).fill(0.5);
  noise(large, new Random(3));
  const mean = large.reduce((sum, value) => sum + value, 0) / large.length - 0.5;
  const moment = (n: number) => large.reduce((sum, value) => sum + (value - 0.5) ** n, 0) / large.length;
  const deviation = Math.sqrt(moment(2));
  assert.ok(Math.abs(mean) < 0.01 * deviation + 1e-8);
  assert.ok(Math.abs(moment(4) / deviation ** 4 - 3) < 0.05, "kurtosis of a normal distribution");
  const neighbours = large.subarray(1).reduce((sum, value, i) => sum + (value - 0.5) * (large[i]! - 0.5), 0);
  assert.ok(Math.abs(neighbours / large.length) < 0.01 * deviation ** 2, "neighbours are independent");
});

test("every augmentation stays in [0,1], whatever the frame", () => {
  for (const [name, change] of Object.entries(AUGMENTATIONS)) {
    for (const frame of [
      [0, 1, 0.5],
      [1, 1, 1],
      [0, 0, 0],
      [0.99, 0.01, 0.3],
    ]) {
      for (const result of draws(change, frame, 200)) {
        assert.ok(
          result.every((value) => value >= 0 && value <= 1),
          `${name} of ${frame}: ${result}`,
        );
      }
    }
  }
});

test("a random crop is one square for all samples and their maps, its side a multiple of 4 from 16 on", () => {
  const samples = numbered(3, 40, 32);
  const sides = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const { height, width, input, target, segMap, count } = augment(samples, new Random(seed, "augment"));
    assert.equal(height, width);
    sides.add(height);
    assert.deepEqual([input.length, target.length, segMap.length], Array(3).fill(count * height * width));
    const origin = Math.round(target[0]! * samples.target.length);
    for (let i = 0; i < target.length; i++) {
      const frame = Math.floor(i / (height * width));
      const [row, column] = [Math.floor(i / width) % height, i % width];
      const source = origin + frame * 40 * 32 + row * 32 + column;
      assert.equal(target[i], samples.target[source]);
      assert.equal(segMap[i], samples.segMap[source]);
    }
  }
  assert.deepEqual([...sides].sort(), [16, 20, 24, 28, 32]);
});

test("input and maps keep their alignment: a bright pixel stays where its emitter is", () => {
  const samples = numbered(1, 16, 16, 3);
  samples.input.fill(0.1);
  const lit = 2 * 256 + 5 * 16 + 9;
  samples.input[lit] = 0.3;
  for (let seed = 0; seed < 50; seed++) {
    const { input } = augment(samples, new Random(seed));
    const frame = input.subarray(2 * 256);
    assert.equal(frame.indexOf(Math.max(...frame)), lit - 2 * 256);
  }
});

test("the same seed gives the same samples, another one others, and the given ones stay", () => {
  const samples = numbered(2, 24, 24);
  const before = samples.input.slice();
  const of = (seed: number) => augment(samples, new Random(seed, "augment", 1));
  assert.deepEqual(of(5), of(5));
  assert.notDeepEqual(of(5), of(6));
  assert.deepEqual(samples.input, before);
});

test("frames of a batch are changed each in its own way", () => {
  const samples = numbered(2, 16, 16);
  samples.input.set(samples.input.subarray(0, 256), 256);
  const { input } = augment(samples, new Random(1));
  assert.notDeepEqual(input.subarray(0, 256), input.subarray(256));
});

test("frames too small for a crop are refused", () => {
  assert.throws(() => augment(numbered(1, 16, 12), new Random(1)), RangeError);
});
