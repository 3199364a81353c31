import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { Random } from "../../src/base/random.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { evaluate } from "../../src/evaluate/evaluate.js";
import type { EvaluationFrame } from "../../src/evaluate/evaluation-frame.js";
import { writeModel } from "../../src/formats/registry.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import { predictFrames } from "../../src/predict/counted-frames.js";
import type { LoadedModel } from "../../src/predict/loaded-model.js";
import { neighboursOf } from "../../src/predict/neighbours.js";
import { Predictor } from "../../src/predict/predictor.js";
import { prepare } from "../../src/predict/prepare.js";
import { predictStack } from "../../src/predict/stack.js";
import { collect } from "../support/collect.js";
import { maxDifference } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { WINDOW_MODEL } from "../support/window-oracle.js";

const predictor = await Predictor.start();
after(() => predictor.close());
const network = await (await startOnnxRuntime()).prepare(WINDOW_MODEL);
const wanted = { density: true, maxLocalCount: true, pool: 7 };

async function windowModel(context: Ending): Promise<LoadedModel> {
  const path = join(temporaryFolder(context), "windows.onnx");
  await writeModel(path, WINDOW_MODEL);
  return predictor.load(path);
}

/** Frames in a row: (count, height, width). */
function framesOf(count: number, width: number, height: number): Float32Array {
  const random = new Random(3, "windows", count);
  return Float32Array.from({ length: count * width * height }, () => 100 * random.uniform(0, 1));
}

async function stackOf(context: Ending, pixels: Float32Array, width: number, height: number) {
  const path = join(temporaryFolder(context), "stack.tif");
  const size = width * height;
  const writer = await createStackWriter(path, {
    width,
    height,
    frames: pixels.length / size,
    calibration: {},
  });
  for (let at = 0; at < pixels.length; at += size) await writer.write(pixels.slice(at, at + size));
  await writer.finish();
  return openTifStack(path);
}

/** The maps of a window's three frames, each normalised by itself. */
function windowMaps(pixels: Float32Array, width: number, height: number, frames: readonly number[]) {
  const size = width * height;
  const window = new Float32Array(3 * size);
  for (const [i, frame] of frames.entries()) {
    window.set(pixels.subarray(frame * size, (frame + 1) * size), i * size);
  }
  const { values } = prepare({ count: 3, width, height, pixels: window }, 4);
  return network.predict(values, [3, height, width]);
}

/** The window that a frame of a stack is counted in, and its place in it. */
function windowOf(index: number, frames: number): [window: number[], place: number] {
  if (frames < 3) return [[index - 1, index, index + 1].map((i) => Math.min(frames - 1, Math.max(0, i))), 1];
  const start = Math.min(frames - 3, Math.max(0, index - 1));
  return [[start, start + 1, start + 2], index - start];
}

test("every frame of a stack has the map of its window, at its ends and across calls of the engine too", async (context) => {
  const model = await windowModel(context);
  // Calls of 16, of 3 and of single frames.
  for (const [count, width, height] of [
    [20, 16, 20],
    [7, 140, 144],
    [3, 264, 256],
    [2, 16, 16],
    [1, 16, 16],
  ] as const) {
    const pixels = framesOf(count, width, height);
    const stack = await stackOf(context, pixels, width, height);
    const found = await collect(predictStack(model, stack, wanted));
    assert.equal(found.length, count);
    for (const { index, density, count: sum } of found) {
      const [window, place] = windowOf(index, count);
      const maps = await windowMaps(pixels, width, height, window);
      const expected = maps.subarray(place * width * height, (place + 1) * width * height);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(maxDifference(density!, expected) < 1e-5 * largest, `${index} of ${count}`);
      assert.ok(Math.abs(sum - expected.reduce((total, value) => total + value, 0)) < 1e-3 * Math.abs(sum));
    }
    const single = await collect(predictStack(model, stack, wanted, { first: count - 1, end: count }));
    const whole = found.at(-1)!;
    assert.ok(
      Math.abs(single[0]!.count / whole.count - 1) < 1e-5,
      "a frame alone is counted as in its stack",
    );
    await stack.close();
  }
});

test("a frame that cannot be counted is named, not the one before it, which sees it", async (context) => {
  const model = await windowModel(context);
  const pixels = framesOf(5, 16, 16);
  pixels[3 * 256 + 5] = Number.NaN;
  const stack = await stackOf(context, pixels, 16, 16);
  await assert.rejects(collect(predictStack(model, stack, wanted)), /stack\.tif, frame 4: pixel x 5, y 0/);
  await stack.close();
});

test("a bad frame of any iterable is named, also where an earlier call of the engine sees it first", async (context) => {
  const model = await windowModel(context);
  const pixels = framesOf(20, 16, 16);
  // The first call counts frames 1 to 16 and sees frame 17 beside them.
  pixels[16 * 256 + 5] = Number.NaN;
  const frames = Array.from({ length: 20 }, (_, i) => ({
    width: 16,
    height: 16,
    pixels: pixels.slice(i * 256, (i + 1) * 256),
  }));
  await assert.rejects(
    collect(predictFrames(model, frames, wanted)),
    /^InputError: frames, frame 17: pixel x 5, y 0/,
  );
});

test("an evaluation shows a model the frames around each, within a sequence only", async (context) => {
  const model = await windowModel(context);
  const [width, height] = [16, 20];
  const pixels = framesOf(23, width, height);
  const size = width * height;
  async function* frames(sequence?: number): AsyncGenerator<EvaluationFrame> {
    for (let i = 0; i < 23; i++) {
      yield {
        condition: { name: "noise" },
        number: i + 1,
        // A stack of 20 and then a sample of three.
        ...(sequence !== undefined && { sequence: i < 20 ? sequence : sequence + 1 }),
        image: { width, height, pixels: pixels.subarray(i * size, (i + 1) * size) },
        truth: { count: 1, density: new Float32Array(size) },
      };
    }
  }
  const models = [{ model, name: "windows" }];
  const { records } = await evaluate(models, frames(0));
  assert.equal(records.length, 23);
  for (const [i, { count, frame }] of records.entries()) {
    assert.equal(frame, i + 1);
    const [window, place] = i < 20 ? windowOf(i, 20) : [[20, 21, 22], i - 20];
    const maps = await windowMaps(pixels, width, height, window);
    const expected = maps.subarray(place * size, (place + 1) * size).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(count.predicted / expected - 1) < 1e-4, `frame ${frame}`);
  }
  await assert.rejects(evaluate(models, frames()), {
    code: "INPUT_OPTION",
    message: /windows: expected frames in the order of time.*temporal set/,
  });
});

test("neighbours make up a window wherever a stack has the frames for it", () => {
  for (let frames = 3; frames < 9; frames++) {
    for (let first = 0; first < frames; first++) {
      for (let end = first + 1; end <= frames; end++) {
        const { before, after: behind } = neighboursOf({ first, end, frames }, 3);
        assert.ok(first - before >= 0 && end + behind <= frames);
        assert.ok(before + behind + end - first >= 3);
        assert.ok(first === 0 || before > 0);
        assert.ok(end === frames || behind > 0);
        assert.deepEqual(neighboursOf({ first, end, frames }, 1), { before: 0, after: 0 });
      }
    }
  }
});
