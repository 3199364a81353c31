import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type EvaluatedModel, evaluate } from "../../src/evaluate/evaluate.js";
import type { EvaluationFrame } from "../../src/evaluate/evaluation-frame.js";
import { loadModels } from "../../src/evaluate/models.js";
import { reduced, WorstFrames } from "../../src/evaluate/worst-frames.js";
import { Predictor } from "../../src/predict/predictor.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

let predictor: Predictor;
before(async () => {
  predictor = await Predictor.start();
});
after(() => predictor.close());

async function randomModel(): Promise<EvaluatedModel[]> {
  return [{ model: await predictor.load(RANDOM_MODEL), name: "random" }];
}

/** The frames of TensorFlow's stacks, one condition a stack, with a map of a constant as their truth. */
async function* oracleFrames(level = 0.01): AsyncGenerator<EvaluationFrame> {
  for (const { pixelType, pixels, width, height, frames } of oracleStacks()) {
    const size = width * height;
    for (let i = 0; i < frames; i++) {
      yield {
        condition: { name: pixelType },
        number: i + 1,
        image: { width, height, pixels: pixels.subarray(i * size, (i + 1) * size) },
        truth: { count: 5 + i, density: new Float32Array(size).fill(level) },
      };
    }
  }
}

test("counts, maps and their differences are those of TensorFlow's answers", async () => {
  const { records, models } = await evaluate(await randomModel(), oracleFrames());
  assert.deepEqual(models, ["random"]);
  const expected = oracleStacks().flatMap((stack) =>
    stack.count.map((count, i) => ({ ...stack, count, i, local: stack.maxLocalCount["7"][i]! })),
  );
  assert.equal(records.length, expected.length);
  for (const [at, { pixelType, count, i, local, width, height, density }] of expected.entries()) {
    const found = records[at]!;
    assert.deepEqual([found.condition.name, found.frame, found.pixels], [pixelType, i + 1, width * height]);
    assert.equal(found.count.truth, 5 + i);
    assert.ok(Math.abs(found.count.predicted - count) < 1e-3);
    assert.ok(Math.abs(found.maxLocalCount.predicted - local) < 1e-3);
    assert.ok(Math.abs(found.maxLocalCount.truth - 0.49) < 1e-6, "49 pixels of 0.01");
    assert.ok(Math.abs(found.trueMapSum - 0.01 * width * height) < 1e-4);
    const map = density.subarray(i * width * height, (i + 1) * width * height);
    const absolutes = map.reduce((sum, value) => sum + Math.abs(value - 0.01), 0);
    assert.ok(Math.abs(found.map.absolutes - absolutes) < 1e-2);
  }
});

test("two models see the same frames, and each keeps its own worst ones", async (t) => {
  const copy = join(temporaryFolder(t), "again.h5");
  copyFileSync(RANDOM_MODEL, copy);
  const models = await loadModels(predictor, [RANDOM_MODEL, copy]);
  assert.deepEqual(
    models.map(({ name }) => name),
    ["random_defcon", "again"],
  );
  let seen = 0;
  const { records, worst } = await evaluate(models, oracleFrames(), {
    worst: 2,
    onFrame: () => seen++,
  });
  const of = (name: string) => records.filter(({ model }) => model === name).map(({ count }) => count);
  assert.deepEqual(of("random_defcon"), of("again"));
  assert.equal(seen, records.length / 2);
  const errors = of("again")
    .map(({ truth, predicted }) => Math.abs(truth - predicted))
    .sort((a, b) => b - a);
  assert.deepEqual(
    worst.get("again")!.map(({ count, trueCount }) => Math.abs(trueCount - count)),
    errors.slice(0, 2),
  );
});

test("a frame that cannot be counted is named by its condition and number", async () => {
  async function* frames(): AsyncGenerator<EvaluationFrame> {
    for (const [i, value] of [1, 2, Number.NaN, 4].entries()) {
      const pixels = Float32Array.from({ length: 256 }, (_, at) => (at === 77 ? value : at % 5));
      yield {
        condition: { name: "dim" },
        number: i + 1,
        image: { width: 16, height: 16, pixels },
        truth: { count: 1, density: new Float32Array(256) },
      };
    }
  }
  await assert.rejects(evaluate(await randomModel(), frames()), {
    code: "INPUT_PIXEL_VALUE",
    message: /^dim, frame 3: /,
  });
});

test("a cancelled evaluation says so", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(evaluate(await randomModel(), oracleFrames(), { signal }), { code: "CANCELLED" });
});

test("models of one name are called by their folders too; the same ones are refused", async (t) => {
  const folder = temporaryFolder(t);
  const at = (...parts: string[]) => join(folder, ...parts, "defcon.h5");
  for (const parts of [["a"], ["b"], ["deep", "a"]]) {
    mkdirSync(join(folder, ...parts), { recursive: true });
    copyFileSync(RANDOM_MODEL, at(...parts));
  }
  const names = (await loadModels(predictor, [at("a"), at("b"), RANDOM_MODEL])).map(({ name }) => name);
  assert.deepEqual(names, ["a/defcon", "b/defcon", "random_defcon"]);
  await assert.rejects(loadModels(predictor, [at("a"), at("a")]), /models with different names.*same file/);
  await assert.rejects(loadModels(predictor, [at("a"), at("deep", "a")]), /a\/defcon for both/);
  await assert.rejects(loadModels(predictor, [join(folder, "none.onnx")]), { code: "MODEL_NOT_FOUND" });
});

test("of equally bad frames the earlier are kept", () => {
  const worst = new WorstFrames(2);
  for (const [i, count] of [3, 5, 3, 7].entries()) {
    const frame = {
      condition: { name: "c" },
      number: i + 1,
      image: { width: 1, height: 1, pixels: Uint8Array.of(1) },
      truth: { count: 0, density: Float32Array.of(0) },
    };
    worst.offer(frame, { count, maxLocalCount: 0, density: Float32Array.of(count) });
  }
  assert.deepEqual(
    worst.sorted().map(({ frame, count }) => [frame, count]),
    [
      [4, 7],
      [2, 5],
    ],
  );
});

test("large frames are reduced to means over squares, also at edges that no square fills", () => {
  const [width, height] = [515, 2];
  const pixels = Float32Array.from({ length: width * height }, (_, i) => i % width);
  const small = reduced({ width, height, pixels });
  assert.deepEqual([small.width, small.height], [172, 1]);
  assert.deepEqual([small.pixels[0], small.pixels[1], small.pixels[171]], [1, 4, 513.5]);
});
