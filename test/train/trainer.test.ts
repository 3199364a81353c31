import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DefconError } from "../../src/base/errors.js";
import { augment } from "../../src/dataset/augmentation.js";
import { startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { readModel, writeModel } from "../../src/formats/registry.js";
import { checkpointPath, earlierCheckpointPath } from "../../src/train/checkpoint.js";
import type { TrainingEvent } from "../../src/train/events.js";
import type { Course } from "../../src/train/sample-source.js";
import { type StageSettings, TRAINING_DEFAULTS, type TrainingSettings } from "../../src/train/settings.js";
import { type TrainingJob, train } from "../../src/train/trainer.js";
import { RANDOM_MODEL, SEGMENTATION_HALF } from "../support/oracle.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { sourceOf, spotSamples, temporalSamples } from "../support/training-set.js";

const engine = await startOnnxRuntime();
const samples = spotSamples(60, 16);

function settingsIn(folder: string, change: Partial<TrainingSettings> = {}): TrainingSettings {
  const stage = { batchSize: 8, epochs: 2, validationSplit: 0.1, learningRate: 1e-3 };
  return {
    ...TRAINING_DEFAULTS,
    set: "set.h5",
    output: folder,
    checkpoints: folder,
    segmentation: stage,
    density: { ...TRAINING_DEFAULTS.density, ...stage },
    patience: 2,
    ...change,
  };
}

interface Outcome {
  folder: string;
  model: Buffer;
  events: TrainingEvent[];
}

/** Trains in a folder of its own, or in the one given. */
async function run(
  context: Ending,
  change: Partial<TrainingSettings> = {},
  job: Partial<TrainingJob> = {},
  folder = temporaryFolder(context),
): Promise<Outcome> {
  const events: TrainingEvent[] = [];
  const path = await train({
    settings: settingsIn(folder, change),
    resume: false,
    engine,
    source: sourceOf(samples),
    augment,
    isCancelled: () => false,
    onEvent: (event) => events.push(event),
    ...job,
  });
  return { folder, model: readFileSync(path), events };
}

const withCode = (code: string) => (error: unknown) => error instanceof DefconError && error.code === code;

test("writes a model that can be read, a table, curves and a picture for every epoch", async (context) => {
  const { folder, events } = await run(context);
  const model = await readModel(join(folder, "defcon.onnx"));
  assert.equal(model.architecture.name, "defcon");
  assert.match(model.provenance.recipe!, /"seed":42/);
  const [head, ...rows] = readFileSync(join(folder, "history.csv"), "utf8").trim().split("\n");
  assert.equal(head, "stage,epoch,loss,validation_loss,learning_rate,seconds");
  assert.deepEqual(
    rows.map((row) => row.split(",").slice(0, 2).join(" ")),
    ["segmentation 1", "segmentation 2", "density 1", "density 2"],
  );
  assert.deepEqual(readdirSync(folder).sort(), [
    "checkpoint-before.h5",
    "checkpoint.h5",
    "defcon.onnx",
    "density-001.png",
    "density-002.png",
    "history-density.png",
    "history-segmentation.png",
    "history.csv",
    "segmentation-001.png",
    "segmentation-002.png",
  ]);
  assert.deepEqual(
    events.filter(({ event }) => event !== "step").map(({ event }) => event),
    ["started", "epoch", "epoch", "epoch", "epoch", "finished"],
  );
});

test("the same seed gives the same model bit for bit, another one another model", async (context) => {
  const first = await run(context);
  assert.deepEqual((await run(context)).model, first.model);
  assert.notDeepEqual((await run(context, { seed: 43 })).model, first.model);
});

/** Trains as a whole, and in pieces of at most five batches. @returns how many times it was stopped */
async function stopAndGoOn(
  context: Ending,
  change: Partial<TrainingSettings>,
  job: Partial<TrainingJob>,
): Promise<number> {
  const whole = await run(context, change, job);
  const folder = temporaryFolder(context);
  let interruptions = 0;
  for (let finished = false; !finished; ) {
    let batches = 0;
    const isCancelled = () => ++batches > 5;
    try {
      const { model } = await run(context, change, { ...job, resume: true, isCancelled }, folder);
      assert.deepEqual(model, whole.model);
      finished = true;
    } catch (error) {
      assert.ok(withCode("CANCELLED")(error), String(error));
      interruptions++;
    }
  }
  return interruptions;
}

test("stopped at any batch and resumed, again and again, a training ends in the same model", async (context) => {
  const interruptions = await stopAndGoOn(context, {}, {});
  assert.ok(interruptions >= 4, `${interruptions} interruptions`);
});

test("so does that of a network for windows, in two stages and as a whole", async (context) => {
  const source = sourceOf(temporalSamples(24, 16));
  const order = ["stages", "both"] as const;
  for (const each of order) {
    const interruptions = await stopAndGoOn(context, { architecture: "defcon3d", order: each }, { source });
    assert.ok(interruptions >= 1, `${interruptions} interruptions`);
  }
});

test("augmented samples differ each epoch, and resume as they would have been", async (context) => {
  const whole = await run(context, { augment: true });
  assert.notDeepEqual((await run(context)).model, whole.model);
  const folder = temporaryFolder(context);
  let batches = 0;
  const isCancelled = () => ++batches > 9;
  await assert.rejects(() => run(context, { augment: true }, { isCancelled }, folder), withCode("CANCELLED"));
  assert.deepEqual((await run(context, { augment: true }, { resume: true }, folder)).model, whole.model);
});

test("a falling learning rate is in the history, and goes on where it was after a stop", async (context) => {
  const change: Partial<TrainingSettings> = {
    order: "end-to-end",
    dropout: false,
    density: { ...settingsIn("").density, epochs: 3, finalLearningRate: 1e-5 },
    patience: 3,
  };
  const { folder, model, events } = await run(context, change);
  const rates = events.flatMap((event) => (event.event === "epoch" ? [event.record.learningRate] : []));
  assert.equal(rates.length, 3);
  assert.ok(1e-3 > rates[0]! && rates[0]! > rates[1]! && rates[1]! > rates[2]! && rates[2]! > 1e-5);
  assert.match(readFileSync(join(folder, "history.csv"), "utf8"), new RegExp(`,${rates[2]},`));
  const stopped = temporaryFolder(context);
  let batches = 0;
  const isCancelled = () => ++batches > 12;
  await assert.rejects(() => run(context, change, { isCancelled }, stopped), withCode("CANCELLED"));
  assert.deepEqual((await run(context, change, { resume: true }, stopped)).model, model);
  const constant = { ...change, density: { ...change.density!, finalLearningRate: 1e-3 } };
  assert.notDeepEqual((await run(context, constant)).model, model);
});

test("both heads can be trained together", async (context) => {
  const { events } = await run(context, { order: "both" });
  const epochs = events.flatMap((event) => (event.event === "epoch" ? [event.record] : []));
  assert.deepEqual(
    epochs.map(({ stage }) => stage),
    ["both", "both"],
  );
  assert.ok(epochs[1]!.loss < epochs[0]!.loss);
});

test("training goes on from a given model, and leaves what is frozen as it was", async (context) => {
  const { folder } = await run(context, { init: RANDOM_MODEL, freeze: ["segmentation", "conv_5"] });
  const [before, after] = [await readModel(RANDOM_MODEL), await readModel(join(folder, "defcon.onnx"))];
  for (const [name, { data }] of before.weights) {
    const isFrozen = /seg|stride|conv_5/.test(name);
    assert.equal(
      Buffer.compare(Buffer.from(data.buffer), Buffer.from(after.weights.get(name)!.data.buffer)) === 0,
      isFrozen,
      name,
    );
  }
});

test("a stage ends when its validation loss has not fallen for as many epochs as patience says", async (context) => {
  // Steps so large that the loss cannot fall for long.
  const stage = { batchSize: 8, epochs: 30, validationSplit: 0.1, learningRate: 0.05 };
  const { events } = await run(context, {
    segmentation: stage,
    patience: 1,
    freeze: ["density"],
  });
  const losses = events.flatMap((event) => (event.event === "epoch" ? [event.record.validationLoss] : []));
  assert.ok(losses.length < 30);
  for (let i = 1; i < losses.length - 1; i++) assert.ok(losses[i]! < losses[i - 1]!);
  assert.ok(losses.at(-1)! >= losses.at(-2)!);
});

test("an infinite loss ends the training with what to try, and leaves the checkpoint before", async (context) => {
  const folder = temporaryFolder(context);
  const bad = spotSamples(60, 16);
  bad.target[0] = Number.POSITIVE_INFINITY;
  await assert.rejects(
    () => run(context, {}, { source: sourceOf(bad) }, folder),
    (error: unknown) =>
      withCode("TRAINING_DIVERGED")(error) &&
      /lower learning rate \(--resume --learning-rate 0\.0001\)/.test(String(error)),
  );
  assert.ok(existsSync(checkpointPath(folder)));
});

test("a folder with a checkpoint is not trained in anew, nor resumed with other settings or samples", async (context) => {
  const { folder } = await run(context);
  const again = (change: Partial<TrainingSettings>, job: Partial<TrainingJob>) => () =>
    run(context, change, job, folder);
  await assert.rejects(again({}, {}), withCode("TRAINING_STATE"));
  await assert.rejects(again({ seed: 1 }, { resume: true }), /the same seed as before/);
  await assert.rejects(
    again({}, { resume: true, source: sourceOf(spotSamples(61, 16)) }),
    withCode("TRAINING_STATE"),
  );
  for (const path of [checkpointPath(folder), earlierCheckpointPath(folder)]) {
    writeFileSync(path, "not a checkpoint");
  }
  await assert.rejects(again({}, { resume: true }), withCode("TRAINING_STATE"));
});

test("a training that diverged goes on from its last good epoch as its error advises, and says so", async (context) => {
  const folder = temporaryFolder(context);
  const whole = sourceOf(samples);
  let epochs = 0;
  const onEvent = (event: TrainingEvent) => {
    if (event.event === "epoch") epochs++;
  };
  const change = { order: "both" } as const;
  const density = { ...settingsIn("").density, epochs: 4 };
  // Diverges in its third epoch.
  const course = whole.course.bind(whole);
  const source = Object.assign(sourceOf(samples), {
    course: (settings: StageSettings): Course => ({
      ...course(settings),
      training: async (...wanted) => {
        const batch = await course(settings).training(...wanted);
        if (epochs === 2) batch.target.fill(Number.POSITIVE_INFINITY);
        return batch;
      },
    }),
  });
  const diverged = await run(context, { ...change, density }, { source, onEvent }, folder).catch(
    (error: Error) => error.message,
  );
  assert.match(String(diverged), /epoch 3.*--resume --learning-rate 0\.0001/);
  const lower = { ...density, learningRate: 1e-4 };
  const { events, model } = await run(
    context,
    { ...change, density: lower, segmentation: { ...settingsIn("").segmentation, learningRate: 1e-4 } },
    { resume: true },
    folder,
  );
  const rates = readFileSync(join(folder, "history.csv"), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => Number(row.split(",")[4]));
  assert.deepEqual(rates, [1e-3, 1e-3, 1e-4, 1e-4]);
  assert.ok(model.length > 0);
  assert.match(
    events.flatMap((event) => (event.event === "note" ? [event.text] : [])).join(),
    /density\.learningRate 0\.0001 instead of 0\.001, from the both stage, epoch 3 on/,
  );
  const { provenance } = await readModel(join(folder, "defcon.onnx"));
  assert.match(provenance.changed_on_the_way!, /density\.learningRate 0\.0001 instead of 0\.001/);
});

test("a finished training goes on with more epochs, as one that was to have them from the start", async (context) => {
  const change = { order: "both", patience: 5 } as const;
  const withEpochs = (epochs: number) => ({ ...change, density: { ...settingsIn("").density, epochs } });
  const { folder, model } = await run(context, withEpochs(2));
  assert.deepEqual((await run(context, withEpochs(2), { resume: true }, folder)).model, model);
  await run(context, withEpochs(4), { resume: true }, folder);
  const whole = await run(context, withEpochs(4));
  const weights = await Promise.all(
    [folder, whole.folder].map(async (each) => (await readModel(join(each, "defcon.onnx"))).weights),
  );
  assert.deepEqual(weights[0], weights[1]);
});

test("a training whose newest checkpoint is damaged goes on from the one before, says so, and ends in the same model", async (context) => {
  const folder = temporaryFolder(context);
  const change = { order: "both", dropout: false, patience: 5 } as const;
  const whole = await run(context, change);
  let epochs = 0;
  const onEvent = ({ event }: TrainingEvent) => {
    if (event === "epoch") epochs++;
  };
  const isCancelled = () => epochs === 1;
  await assert.rejects(run(context, change, { isCancelled, onEvent }, folder), withCode("CANCELLED"));
  writeFileSync(checkpointPath(folder), readFileSync(checkpointPath(folder)).fill(7, 5_000, 6_000));
  const { model, events } = await run(context, change, { resume: true }, folder);
  assert.deepEqual(model, whole.model);
  const notes = events.flatMap((event) => (event.event === "note" ? [event.text] : []));
  assert.match(notes.join(), /checkpoint\.h5: expected .*; going on from the checkpoint before it/);
});

test("killed between the history of its first epoch and the checkpoint, a training begins anew with --resume", async (context) => {
  const change = { order: "both", dropout: false } as const;
  const whole = await run(context, change);
  const [folder, killed, other] = [0, 1, 2].map(() => temporaryFolder(context)) as [string, string, string];
  const onEvent = ({ event }: TrainingEvent) => {
    if (event !== "started") return;
    for (const each of [killed, other])
      writeFileSync(checkpointPath(each), readFileSync(checkpointPath(folder)));
    writeFileSync(join(killed, "history.csv"), readFileSync(join(whole.folder, "history.csv")));
  };
  await run(context, change, { onEvent }, folder);
  await assert.rejects(run(context, change, {}, killed), withCode("OUTPUT_EXISTS"));
  const { model } = await run(context, change, { resume: true }, killed);
  assert.deepEqual(model, whole.model);
  // A model that is there is no training's that never made one.
  writeFileSync(join(other, "defcon.onnx"), model);
  await assert.rejects(run(context, change, { resume: true }, other), withCode("OUTPUT_EXISTS"));
});

test("settings that cannot change on the way are named, with both values", async (context) => {
  const { folder } = await run(context, { order: "both" });
  const density = { ...settingsIn("").density, batchSize: 16 };
  await assert.rejects(
    () => run(context, { order: "both", density }, { resume: true }, folder),
    /expected the same density\.batchSize as before, found density\.batchSize 16 instead of 8\. .*--learning-rate/,
  );
});

test("without validation all samples are trained on, for all epochs, and no loss is made up", async (context) => {
  const stage = { ...settingsIn("").density, validationSplit: 0, epochs: 3 };
  const change = { order: "both", patience: 1, density: stage, segmentation: stage } as const;
  const { folder, events } = await run(context, change);
  const [started] = events;
  assert.ok(started?.event === "started");
  assert.deepEqual([started.samples, started.validation], [60, 0]);
  const rows = readFileSync(join(folder, "history.csv"), "utf8").trim().split("\n").slice(1);
  assert.deepEqual(
    rows.map((row) => row.split(",").slice(0, 2).concat(row.split(",")[3]!)),
    [1, 2, 3].map((epoch) => ["both", String(epoch), ""]),
  );
  assert.ok(existsSync(join(folder, "both-003.png")));
  const { provenance } = await readModel(join(folder, "defcon.onnx"));
  assert.equal(provenance.validation_loss, "both none in 3 epochs");
  assert.equal((await run(context, change, { resume: true }, folder)).model.length > 0, true);
  await run(context, change, { source: sourceOf(spotSamples(1, 16)) });
});

test("a network whose layers pass nothing on is told of", async (context) => {
  const { folder } = await run(context, { order: "end-to-end" });
  const model = await readModel(join(folder, "defcon.onnx"));
  // Without light from the last transposed convolution, every pixel of the map is the same.
  const dead = new Map(model.weights);
  for (const name of ["deconv_2/kernel", "deconv_2/bias"]) {
    const { data, shape } = dead.get(name)!;
    dead.set(name, { shape, data: data.map(() => -1) });
  }
  const path = join(folder, "dead.onnx");
  await writeModel(path, { ...model, weights: dead });
  const notes = async (init: string) => {
    const { events } = await run(context, { order: "end-to-end", init });
    return events.flatMap((event) => (event.event === "note" ? [event.text] : []));
  };
  assert.match((await notes(path)).join(), /the network gives the same value for every pixel.*--seed/);
  assert.deepEqual(await notes(join(folder, "defcon.onnx")), []);
});

test("a training starts from the original's weights of the segmentation half", async (context) => {
  const { folder } = await run(context, { init: SEGMENTATION_HALF, freeze: ["segmentation"] });
  const { weights } = await readModel(join(folder, "defcon.onnx"));
  for (const [name, { data }] of weights) {
    const isPattern = data.every((value, i) => value === ((i % 5) - 2) / 8);
    assert.equal(isPattern, /seg|stride/.test(name), name);
  }
});

test("single frames for a network that sees three, and sets of one sample, are refused", async (context) => {
  await assert.rejects(() => run(context, { architecture: "defcon3d" }), /samples of 3 frames.*--temporal/);
  await assert.rejects(
    () => run(context, {}, { source: sourceOf(spotSamples(1, 16)) }),
    /at least 2 samples/,
  );
});

test("a network for single frames learns from a temporal set as from its frames", async (context) => {
  const stage = { ...settingsIn("").density, epochs: 1 };
  const frames = { ...stage, batchSize: 9, validationSplit: 0.2 };
  const source = sourceOf(spotSamples(45, 16));
  const dropout = false;
  const change = { order: "end-to-end", dropout } as const;
  const one = await run(context, { ...change, density: frames }, { source });
  const three = await run(
    context,
    { ...change, density: { ...frames, batchSize: 3 } },
    { source: sourceOf(temporalSamples(15, 16)) },
  );
  const weights = await Promise.all(
    [one, three].map(async ({ folder }) => (await readModel(join(folder, "defcon.onnx"))).weights),
  );
  assert.deepEqual(weights[1], weights[0]);
});

test("the recipe of a network without a segmentation half says that all layers were trained together", async (context) => {
  const { folder } = await run(context, { architecture: "defcon-fast", name: "fast" });
  const { provenance } = await readModel(join(folder, "fast.onnx"));
  assert.equal((JSON.parse(provenance.recipe!) as TrainingSettings).order, "end-to-end");
});
