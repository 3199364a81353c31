import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../src/base/errors.js";
import { optionText } from "../../src/base/option-text.js";
import { ENGINE_ROWS, engineChecks, tryEngine } from "../../src/doctor/engines.js";
import { runCheck } from "../../src/doctor/run-check.js";
import type { Engine } from "../../src/engine/engine.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { TOLERANCE, TRIAL_FRAME, TRIAL_MAP, TRIAL_SHAPE, trialModel } from "../../src/engine/trial.js";
import { maxDifference } from "../support/oracle.js";
import { SOFTWARE_GPU, withoutSoftwareGpu } from "../support/software-gpu.js";

const model = trialModel();
const weights = (name: string) => model.weights.get(name)!.data;

interface Maps {
  side: number;
  channels: number;
  /** (side, side, channels) */
  data: Float64Array;
}

/** Maps of each place and channel. */
function mapsOf(side: number, channels: number, value: (y: number, x: number, f: number) => number): Maps {
  const data = Float64Array.from({ length: side * side * channels }, (_, i) => {
    const place = Math.floor(i / channels);
    return value(Math.floor(place / side), place % side, i % channels);
  });
  return { side, channels, data };
}

function at({ side, channels, data }: Maps, y: number, x: number, c: number): number {
  return y < 0 || x < 0 || y >= side || x >= side ? 0 : data[(y * side + x) * channels + c]!;
}

/** A 3x3 convolution by its definition, zeros around: one on each side, or with stride 2 at the end alone. */
function convolved(input: Maps, layer: string, stride: number, filters: number): Maps {
  const [kernel, bias] = [weights(`${layer}/kernel`), weights(`${layer}/bias`)];
  const before = stride === 1 ? 1 : 0;
  return mapsOf(input.side / stride, filters, (y, x, f) => {
    let sum = bias[f]!;
    for (let ky = 0; ky < 3; ky++)
      for (let kx = 0; kx < 3; kx++)
        for (let c = 0; c < input.channels; c++) {
          const value = at(input, y * stride + ky - before, x * stride + kx - before, c);
          sum += value * kernel[((ky * 3 + kx) * input.channels + c) * filters + f]!;
        }
    return Math.max(0, sum);
  });
}

/** A transposed convolution of stride 2 by its definition: each value is laid down times the kernel, what leaves the map at its end is cut off. */
function transposed(input: Maps, layer: string, filters: number): Maps {
  const [kernel, bias] = [weights(`${layer}/kernel`), weights(`${layer}/bias`)];
  const output = mapsOf(2 * input.side, filters, (_y, _x, f) => bias[f]!);
  for (let y = 0; y < input.side; y++)
    for (let x = 0; x < input.side; x++)
      for (let ky = 0; ky < 3; ky++)
        for (let kx = 0; kx < 3; kx++) {
          const [toY, toX] = [2 * y + ky, 2 * x + kx];
          if (toY >= output.side || toX >= output.side) continue;
          for (let f = 0; f < filters; f++)
            for (let c = 0; c < input.channels; c++) {
              const place = (toY * output.side + toX) * filters + f;
              output.data[place]! +=
                at(input, y, x, c) * kernel[((ky * 3 + kx) * filters + f) * input.channels + c]!;
            }
        }
  return { ...output, data: output.data.map((value) => Math.max(0, value)) };
}

test("the map worked out by hand is what the layers' definitions give", () => {
  const frame = mapsOf(TRIAL_SHAPE[1], 1, (y, x) => TRIAL_FRAME[y * TRIAL_SHAPE[2] + x]!);
  const first = convolved(frame, "first", 1, 16);
  const doubled = transposed(convolved(first, "halved", 2, 16), "doubled", 8);
  const last = weights("last/kernel");
  const map = mapsOf(doubled.side, 1, (y, x) => {
    let sum = 0;
    for (let c = 0; c < doubled.channels; c++) sum += at(doubled, y, x, c) * last[c]!;
    return 1 / (1 + Math.exp(-sum));
  });
  assert.ok(maxDifference(map.data, TRIAL_MAP) < 1e-12);
  const least = Math.min(...TRIAL_MAP);
  assert.ok(TRIAL_MAP.filter((value) => value === least).length > 5, "some values are cut off by ReLU");
  assert.ok(Math.max(...TRIAL_MAP) - least > 0.3, "the map is not flat");
});

test("the CPU's engine is found right, in a time", async () => {
  const line = await tryEngine("onnxruntime on cpu", () => startOnnxRuntime("cpu"));
  assert.equal(line.state, "ok");
  const error = /^loaded in [\d.]+ ms, a small network run in [\d.]+ ms, right to (\d+e-\d+)$/.exec(
    line.detail,
  );
  assert.ok(Number(error?.[1]) < 1e-6, line.detail);
});

/** The CPU's engine with something done to its maps. */
async function spoilt(spoil: (map: Float32Array) => void): Promise<Engine> {
  const engine = await startOnnxRuntime("cpu");
  return {
    ...engine,
    async prepare(...asked) {
      const network = await engine.prepare(...asked);
      return {
        ...network,
        async predict(...frames) {
          const map = await network.predict(...frames);
          spoil(map);
          return map;
        },
      };
    },
  };
}

test("an engine with one wrong number, or one that is none, is broken", async () => {
  for (const spoil of [
    (map: Float32Array) => {
      map[37]! += 2 * TOLERANCE;
    },
    (map: Float32Array) => {
      map[0] = Number.NaN;
    },
    (map: Float32Array) => {
      map.reverse();
    },
  ]) {
    const line = await tryEngine("spoilt", () => spoilt(spoil));
    assert.equal(line.state, "broken");
    assert.match(line.detail, /^wrong numbers: off by (0\.\d+|NaN) from the known map/);
    assert.match(line.advice ?? "", /Do not count or train on this device/);
  }
});

test("a device that is not there is missing; an engine that fails is left to become a broken line", async () => {
  const trouble = {
    subject: "device x",
    found: "no x",
    advice: `Add x. Use ${optionText("device", "cpu")}.`,
  };
  const missing = await tryEngine("absent", () =>
    Promise.reject(new EngineError("ENGINE_UNAVAILABLE", trouble)),
  );
  assert.deepEqual(missing, {
    name: "absent",
    state: "missing",
    detail: "no x",
    // Nobody has asked doctor for a device.
    advice: "Add x.",
  });
  const failing = new EngineError("ENGINE_FAILED", trouble);
  await assert.rejects(
    tryEngine("failing", () => Promise.reject(failing)),
    failing,
  );
});

test("every device of an engine has a check of its own, and counting needs the CPU alone", () => {
  const checks = ENGINE_ROWS.flatMap(engineChecks);
  assert.deepEqual(
    checks.filter(({ name }) => name.startsWith("onnxruntime")).map(({ name, needed }) => [name, needed]),
    [
      ["onnxruntime on cpu", true],
      ["onnxruntime on webgpu", false],
      ["onnxruntime on cuda", false],
    ],
  );
});

test("a graphics card is found right", { skip: withoutSoftwareGpu }, async () => {
  Object.assign(process.env, SOFTWARE_GPU);
  const [line] = await runCheck("onnxruntime on webgpu");
  assert.equal(line!.state, "ok", line!.detail);
});
