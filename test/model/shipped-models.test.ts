import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { KIND_WORDS } from "../../src/certainty/kinds.js";
import { readModel } from "../../src/formats/registry.js";
import { openTifStack } from "../../src/frames/tif-stack.js";
import type { LoadedModel } from "../../src/predict/loaded-model.js";
import { Predictor } from "../../src/predict/predictor.js";
import { settingsOf } from "../../src/simulate/presets.js";
import { simulate } from "../../src/simulate/simulation.js";

const FOLDER = join(packageRoot, "models");
const TRAININGS = JSON.parse(readFileSync(join(FOLDER, "trainings.json"), "utf8")) as Record<
  string,
  { set?: string; plan?: string; options: string[] }[]
>;
const NAMES = Object.keys(TRAININGS);

const predictor = await Predictor.start();
after(() => predictor.close());

test("each shipped model has a recipe and a card, and there are no others", () => {
  const models = readdirSync(FOLDER).filter((name) => name.endsWith(".onnx"));
  assert.deepEqual(models.sort(), NAMES.map((name) => `${name}.onnx`).sort());
  for (const name of NAMES) assert.ok(existsSync(join(FOLDER, `${name}.md`)), name);
});

test("a shipped model was trained as the last step of its recipe says", async () => {
  for (const [name, steps] of Object.entries(TRAININGS)) {
    const { set, plan, options } = steps.at(-1)!;
    const { architecture, provenance } = await readModel(join(FOLDER, `${name}.onnx`));
    assert.equal(architecture.name, name);
    assert.equal(provenance.training_set, plan ? `${plan}-plan.json` : `${set}.h5`);
    assert.equal(provenance.init, steps.length > 1 ? `${name}.onnx` : undefined);
    const { density, simulate } = JSON.parse(provenance.recipe!) as {
      density: Record<string, unknown>;
      simulate?: { samples: number };
    };
    const wanted = new Map(options.map((option) => option.split(" ") as [string, string]));
    if (plan) assert.equal(simulate?.samples, Number(wanted.get("--samples")));
    else assert.equal(density.epochs, Number(wanted.get("--epochs")));
    assert.equal(density.batchSize, Number(wanted.get("--batch-size")));
    assert.equal(density.learningRate, Number(wanted.get("--learning-rate")));
    assert.equal(density.finalLearningRate, Number(wanted.get("--final-learning-rate")));
    assert.equal(density.loss, wanted.get("--loss"));
    assert.equal(density.lambda, Number(wanted.get("--lambda")));
  }
});

test("the two models that the benchmark compares were trained on the same frames in the same way", async () => {
  const folder = join(packageRoot, "bench", "accuracy", "models");
  const trainings = JSON.parse(readFileSync(join(folder, "trainings.json"), "utf8")) as typeof TRAININGS;
  assert.deepEqual(Object.keys(trainings), ["defcon-blinking", "defcon3d"]);
  const recipes = await Promise.all(
    Object.keys(trainings).map(async (name) => {
      const { provenance } = await readModel(join(folder, `${name}.onnx`));
      assert.equal(provenance.training_set, `${trainings[name]![0]!.set}.h5`);
      const {
        name: own,
        architecture,
        ...recipe
      } = JSON.parse(provenance.recipe!) as Record<string, unknown>;
      assert.equal(own, name);
      return [architecture, recipe] as const;
    }),
  );
  const [[first, same], [second, other]] = recipes as [(typeof recipes)[0], (typeof recipes)[0]];
  assert.deepEqual([first, second], ["defcon", "defcon3d"]);
  assert.deepEqual(other, same);
});

test("without any name the model is defcon", async () => {
  assert.equal((await predictor.load()).name, "defcon");
});

/** Emitters that are on all the time: how many there are is beyond doubt. */
const STEADY = { onTime: 1e6, brightnessSpread: 0.1, frames: 20, width: 128, height: 128, snr: 10 };
const KINDS = [
  settingsOf("100nm-scmos", { ...STEADY, density: 0.3, psfSigma: 110 }),
  settingsOf("160nm-emccd", { ...STEADY, density: 0.3, psfSigma: 125 }),
];
/** Of no training and no benchmark. */
const SEED = 31_415;

test("shipped models count simulated frames that they never saw within a tenth", async () => {
  for (const name of NAMES) {
    const model = await predictor.load(name);
    for (const settings of KINDS) {
      let [counted, there] = [0, 0];
      const { width, height } = settings;
      for await (const { pixels, truth } of simulate(settings, SEED)) {
        const batch = { width, height, count: 1, pixels: pixels.slice() };
        const [prediction] = await model.predict(batch, {
          density: false,
          maxLocalCount: false,
          pool: 7,
        });
        counted += prediction!.count;
        there += truth.x.filter(
          (x, i) => x >= 0 && x < width && truth.y[i]! >= 0 && truth.y[i]! < height,
        ).length;
      }
      assert.ok(there > 500);
      assert.ok(Math.abs(counted / there - 1) < 0.1, `${name}, ${settings.camera}: ${counted} of ${there}`);
    }
  }
});

/** Share of the frames of a stack of test/data/accuracy/strange that a model calls unlike its training's, with the reasons. */
async function calledUnlike(
  model: LoadedModel,
  stackName: string,
): Promise<{ share: number; reasons: Set<string> }> {
  const stack = await openTifStack(
    join(packageRoot, "test", "data", "accuracy", "strange", `${stackName}.tif`),
  );
  const reasons: string[] = [];
  for await (const { width, height, pixels } of stack.frames()) {
    const batch = { width, height, count: 1, pixels };
    const wanted = { density: false, maxLocalCount: true, pool: 7, certainty: true };
    const [found] = await model.predict(batch, wanted);
    reasons.push(found!.certainty!.unlike);
  }
  await stack.close();
  const unlike = reasons.filter((reason) => reason !== "");
  return { share: unlike.length / reasons.length, reasons: new Set(unlike) };
}

test("shipped models mistrust frames of pairs, cut off or filtered, which another program made, and not usual ones", async () => {
  for (const name of NAMES) {
    const path = join(FOLDER, `${name}.onnx`);
    const model = await predictor.load(path);
    assert.ok((await calledUnlike(model, "usual")).share <= 0.1, name);
    for (const [stack, reason] of [
      ["saturated", KIND_WORDS.saturated],
      ["blurred", KIND_WORDS.filtered],
      ["enlarged", KIND_WORDS.filtered],
      ["mean", KIND_WORDS.filtered],
      ["double-helix", KIND_WORDS.doubled],
      ["background-removed", KIND_WORDS.filtered],
    ] as const) {
      const { share, reasons } = await calledUnlike(model, stack);
      assert.ok(share >= 0.8, `${name}, ${stack}: ${share}`);
      assert.ok(reasons.has(reason), `${name}, ${stack}: ${[...reasons].join("; ")}`);
    }
  }
});
