import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { augment } from "../../../src/dataset/augmentation.js";
import { startEngine } from "../../../src/engine/engines.js";
import { readModel } from "../../../src/formats/registry.js";
import type { TrainingRequest, WatchedEvent } from "../../../src/protocol/client.js";
import type { ReceivedServerMessage } from "../../../src/protocol/codec.js";
import { hasCheckpoint, readCheckpoint } from "../../../src/train/checkpoint.js";
import type { TrainingEvent } from "../../../src/train/events.js";
import { openSource } from "../../../src/train/open-source.js";
import {
  SIMULATED_TRAINING_DEFAULTS,
  TRAINING_DEFAULTS,
  type TrainingSettings,
} from "../../../src/train/settings.js";
import { train as trainHere } from "../../../src/train/trainer.js";
import { TrainingRun } from "../../../src/train/training-run.js";
import { collect } from "../../support/collect.js";
import { runDaemon } from "../../support/daemon.js";
import { maxDifference, oracleStacks, RANDOM_MODEL } from "../../support/oracle.js";
import { temporaryFolder } from "../../support/temporary.js";
import { spotSamples, writeTrainingSet } from "../../support/training-set.js";

const folder = temporaryFolder({ after });
const set = join(folder, "set.h5");
await writeTrainingSet(set, spotSamples(24, 16));

const STAGE = { batchSize: 8, epochs: 2, learningRate: 1e-3 };
/** Goes on until it is cancelled. */
const LONG = { ...STAGE, epochs: 100_000 };

const daemon = await runDaemon({ after });
const client = await daemon.connect();
after(() => client.close());

function request(output: string, change: Partial<TrainingRequest> = {}): TrainingRequest {
  return {
    set,
    output: join(folder, output),
    order: "both",
    density: { ...STAGE, loss: "pixel", finalLearningRate: 1e-4 },
    dropout: false,
    patience: 2,
    seed: 7,
    ...change,
  };
}

function long(output: string): TrainingRequest {
  return request(output, { density: LONG, patience: 100_000 });
}

/** The settings of {@link request}. */
function settingsOf(output: string): TrainingSettings {
  return {
    ...TRAINING_DEFAULTS,
    set,
    output: join(folder, output),
    checkpoints: join(folder, output),
    order: "both",
    density: { ...TRAINING_DEFAULTS.density, ...STAGE, loss: "pixel", finalLearningRate: 1e-4 },
    dropout: false,
    patience: 2,
    seed: 7,
  };
}

/** What the training of {@link request} comes to without a daemon. */
async function direct(output: string): Promise<{ model: Buffer; events: TrainingEvent[] }> {
  const events: TrainingEvent[] = [];
  const run = TrainingRun.start(settingsOf(output), false, (event) => events.push(event));
  return { model: readFileSync(await run.finished), events };
}

const expected = await direct("direct");

/** Events without what the clock decides. */
function timeless(events: readonly (WatchedEvent | TrainingEvent)[]): unknown[] {
  return events
    .filter(({ event }) => event !== "step")
    .map((event) => JSON.parse(JSON.stringify({ ...event, model: undefined }, noSeconds)));
}

function noSeconds(key: string, value: unknown): unknown {
  return key === "seconds" ? undefined : value;
}

/** Reads on to the first event of a kind. */
async function until(events: AsyncGenerator<WatchedEvent>, kind: WatchedEvent["event"]): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next())
    if (next.value.event === kind) return;
  assert.fail(`no ${kind}`);
}

test("a training in the daemon tells and makes what the same training makes without it, bit for bit", async () => {
  const training = await client.train(request("served"));
  assert.deepEqual(training.summary, {
    id: training.id,
    state: "running",
    kind: "training",
    set,
    output: join(folder, "served"),
    name: "defcon",
  });
  const events = await collect(training.events());
  const path = await training.finished;
  assert.equal(path, join(folder, "served", "defcon.onnx"));
  assert.deepEqual(readFileSync(path), expected.model);
  assert.equal((await readModel(path)).architecture.name, "defcon");
  assert.deepEqual(timeless(events), timeless(expected.events));
  const steps = events.flatMap((event) => (event.event === "step" ? [event.progress] : []));
  assert.ok(steps.length > 0);
  for (const { stage, epochs, batches, batch, loss } of steps) {
    assert.deepEqual([stage, epochs, batches], ["both", 2, 3]);
    assert.ok(batch >= 1 && batch <= 3 && loss > 0);
  }
  assert.equal((await client.trainings()).at(-1)!.state, "finished");
});

test("cancelled it leaves a checkpoint, which without resume is not touched, and with it is gone on from", async () => {
  const training = await client.train(long("cancelled"));
  await until(training.events(), "epoch");
  await training.cancel();
  await assert.rejects(training.finished, { code: "CANCELLED" });
  await assert.rejects(collect(training.events()), { code: "CANCELLED" });
  const before = (await readCheckpoint(join(folder, "cancelled")))!;
  assert.equal((await client.trainings()).at(-1)!.state, "cancelled");
  const again = await client.train(long("cancelled"));
  await assert.rejects(again.finished, { code: "TRAINING_STATE" });
  assert.equal((await client.trainings()).at(-1)!.state, "failed");
  assert.deepEqual((await readCheckpoint(join(folder, "cancelled")))!.position, before.position);
  const resumed = await client.train(long("cancelled"), { resume: true });
  const { value: started } = await resumed.events().next();
  assert.ok(started?.event === "started" && started.resumed === before.history.length);
  await resumed.cancel();
  await assert.rejects(resumed.finished, { code: "CANCELLED" });
});

test("resumed from the checkpoint of a training that was broken off, it ends in the same model", async () => {
  const settings = settingsOf("resumed");
  const source = await openSource(settings);
  // In this thread, an end after the first epoch does not depend on who is faster.
  let epochs = 0;
  const broken = trainHere({
    settings,
    source,
    augment,
    resume: false,
    engine: await startEngine("onnxruntime"),
    isCancelled: () => epochs > 0,
    onEvent: ({ event }) => {
      if (event === "epoch") epochs++;
    },
  });
  await assert.rejects(broken, { code: "CANCELLED" });
  await source.close();
  assert.ok(hasCheckpoint(join(folder, "resumed")));
  const resumed = await client.train(request("resumed"), { resume: true });
  const [started] = await collect(resumed.events());
  assert.ok(started?.event === "started" && started.resumed === 1);
  assert.deepEqual(readFileSync(await resumed.finished), expected.model);
});

test("a training outlives the client that started it; another one lists, watches from the start, and cancels", async () => {
  const starter = await daemon.connect();
  const training = await starter.train(long("outlived"));
  await until(training.events(), "epoch");
  await starter.close();
  await assert.rejects(training.finished, { code: "CONNECTION_LOST" });
  const running = (await client.trainings()).filter(({ state }) => state === "running");
  assert.deepEqual(
    running.map(({ id, output }) => [id, output]),
    [[training.id, join(folder, "outlived")]],
  );
  const watched = await client.watchTraining(training.id);
  assert.equal(await client.watchTraining(training.id), watched);
  await until(watched.events(), "step");
  await watched.cancel();
  await assert.rejects(watched.finished, { code: "CANCELLED" });
  // What is over can be watched too: all epochs, and how it ended.
  const late = await client.watchTraining(training.id);
  const told: WatchedEvent[] = [];
  await assert.rejects(
    async () => {
      for await (const event of late.events()) told.push(event);
    },
    { code: "CANCELLED" },
  );
  assert.equal(told[0]!.event, "started");
  const epochs = told.slice(1).map((event) => (event.event === "epoch" ? event.record.epoch : event.event));
  assert.deepEqual(
    epochs,
    epochs.map((_, i) => i + 1),
  );
  assert.ok(epochs.length >= 1);
  await late.cancel();
});

test("a second start is refused while one is under way, by whoever, and taken right after its end", async () => {
  const first = await client.train(long("first"));
  const other = await daemon.connect();
  await assert.rejects(other.train(request("second")), {
    code: "TRAINING_RUNNING",
    message: new RegExp(`training ${first.id} .*cancel it`),
  });
  assert.equal(existsSync(join(folder, "second")), false);
  await first.cancel();
  await assert.rejects(first.finished, { code: "CANCELLED" });
  const second = await other.train(request("second", { set: join(folder, "none.h5") }));
  await assert.rejects(second.finished, { code: "INPUT_NOT_FOUND", message: /none\.h5/ });
  await other.close();
});

test("frames are counted while it trains, as TensorFlow counts them", async () => {
  const training = await client.train(long("counting"));
  await until(training.events(), "step");
  for (const { width, height, pixelType, pixels, frames, count } of oracleStacks()) {
    const stream = await client.openStream({ model: RANDOM_MODEL, width, height, pixelType });
    for (let i = 0; i < frames; i++) {
      await stream.send(pixels.subarray(i * width * height, (i + 1) * width * height) as typeof pixels);
    }
    await stream.close();
    const answers = await collect(stream.results());
    const counts = answers.map((answer) => (answer.kind === "result" ? answer.count : Number.NaN));
    assert.ok(maxDifference(counts, count) < 1e-3, `${counts} instead of ${count}`);
  }
  assert.equal((await client.trainings()).at(-1)!.state, "running");
  await training.cancel();
  await assert.rejects(training.finished, { code: "CANCELLED" });
});

test("settings that are left out are the program's defaults", async () => {
  const output = join(folder, "defaults");
  const training = await client.train({ set, output, freeze: ["density"], segmentation: { epochs: 1 } });
  const { provenance } = await readModel(await training.finished);
  const { freeze, segmentation, ...recipe } = JSON.parse(provenance.recipe!);
  const { engine: _, device: __, freeze: ___, segmentation: stage, ...defaults } = TRAINING_DEFAULTS;
  assert.deepEqual(recipe, defaults);
  assert.deepEqual([freeze, segmentation], [["density"], { ...stage, epochs: 1 }]);
});

/** A plan of frames of 16 x 16. */
const plan = join(folder, "plan.json");
const SIDE = 16;
const [SAMPLES, HELD_BACK] = [40, 1024];
writeFileSync(
  plan,
  JSON.stringify({
    seed: 5,
    runs: 1,
    frames: 8,
    side: SIDE,
    settings: { density: { uniform: [0.5, 2] }, photons: 2000 },
    mixtures: {},
  }),
);

/** A training by the plan. */
function simulated(output: string, simulate: NonNullable<TrainingRequest["simulate"]>): TrainingRequest {
  return request(output, { set: plan, density: { batchSize: 8, loss: "local_count" }, simulate });
}

test("a training by a plan tells and makes what it does without the daemon, bit for bit, without a training set", async () => {
  const training = await client.train(simulated("plan", { samples: SAMPLES }));
  assert.equal(training.summary.set, plan);
  const events = await collect(training.events());
  const output = join(folder, "plan-direct");
  const told: TrainingEvent[] = [];
  const settings: TrainingSettings = {
    ...SIMULATED_TRAINING_DEFAULTS,
    set: plan,
    output,
    checkpoints: output,
    simulate: { samples: SAMPLES },
    density: { ...SIMULATED_TRAINING_DEFAULTS.density, batchSize: 8 },
    patience: 2,
    seed: 7,
  };
  const run = TrainingRun.start(settings, false, (event) => told.push(event));
  const model = await run.finished;
  assert.deepEqual(readFileSync(await training.finished), readFileSync(model));
  assert.deepEqual(timeless(events), timeless(told));
  assert.deepEqual(
    timeless(events).map((event) => (event as WatchedEvent).event),
    ["started", "epoch", "finished"],
  );
  const [started] = events;
  assert.ok(started?.event === "started");
  const { samples, validation, width, height } = started;
  assert.deepEqual([samples - validation, validation, width, height], [SAMPLES, HELD_BACK, SIDE, SIDE]);
  assert.deepEqual(JSON.parse((await readModel(model)).provenance.recipe!).simulate, { samples: SAMPLES });
});

test("minutes are as many samples as it trains on in them, and half an hour where no length is said", async () => {
  for (const [output, simulate, minutes] of [
    ["minutes", { minutes: 5 }, 5],
    ["no-length", {}, 30],
  ] as const) {
    const training = await client.train(simulated(output, simulate));
    await until(training.events(), "started");
    await training.cancel();
    await assert.rejects(training.finished, { code: "CANCELLED" });
    const { settings } = (await readCheckpoint(join(folder, output)))!;
    assert.equal(settings.simulate?.minutes, minutes);
    assert.ok(Number.isInteger(settings.simulate.samples) && settings.simulate.samples! > 100);
  }
});

test("what is no plan ends a training by a plan, and a plan one on a set", async () => {
  await assert.rejects((await client.train(request("no-plan", { simulate: { samples: 8 } }))).finished, {
    code: "INPUT_FORMAT",
    message: /set\.h5: expected the plan of a simulated training set \(JSON\)/,
  });
  const missing = { ...simulated("missing", { samples: 8 }), set: join(folder, "none.json") };
  await assert.rejects((await client.train(missing)).finished, {
    code: "INPUT_NOT_FOUND",
    message: /none\.json/,
  });
  await assert.rejects((await client.train(request("plan-as-set", { set: plan }))).finished, {
    code: "DATASET_FORMAT",
    message: /plan\.json/,
  });
});

/** Settings that no training is started with. */
const REFUSED: [string, Partial<TrainingRequest>, RegExp][] = [
  ["no set", { set: "" }, /set: expected an absolute path on the daemon's machine, found nothing/],
  ["a relative set", { set: "set.h5" }, /set: expected an absolute path .*, found set\.h5/],
  ["no output", { output: "" }, /output: expected an absolute path/],
  ["a relative start", { init: "m.onnx" }, /init: expected an absolute path/],
  ["a relative checkpoint", { checkpoints: "c" }, /checkpoints: expected an absolute path/],
  ["an endless path", { set: `/${"a".repeat(5000)}` }, /set: expected at most 4096 characters, found 5001/],
  ["a name with a folder", { name: "../defcon" }, /name: expected the name of a file .*found \.\.\/defcon/],
  ["an empty name", { name: "" }, /name: .*found nothing/],
  ["no samples a step", { density: { batchSize: 0 } }, /density\.batchSize: expected a whole number from 1/],
  ["too many", { density: { batchSize: 5000 } }, /density\.batchSize: .*to 4096, found 5000/],
  ["no epochs", { segmentation: { epochs: 0 } }, /segmentation\.epochs: .*at least 1, found 0/],
  ["all held back", { segmentation: { validationSplit: 1 } }, /validationSplit: .*between 0 and 1, found 1/],
  ["no number", { density: { learningRate: Number.NaN } }, /density\.learningRate: .*above 0, found NaN/],
  ["no end", { density: { finalLearningRate: 0 } }, /density\.finalLearningRate: .*above 0, found 0/],
  ["an infinity", { density: { lambda: Number.POSITIVE_INFINITY } }, /density\.lambda: .*found Infinity/],
  ["no patience", { patience: 0 }, /patience: .*at least 1, found 0/],
  ["a seed that is not exact", { seed: 2 ** 60 }, /seed: expected a whole number/],
  ["an unknown order", { order: "density" }, /order: expected stages, both, end-to-end, found density/],
  ["an unknown loss", { density: { loss: "mse" } }, /density\.loss: expected pixel_count.*found mse/],
  ["a loss it has not", { segmentation: { loss: "pixel" } }, /segmentation: expected no loss/],
  [
    "two lengths",
    { simulate: { samples: 8, minutes: 1 } },
    /simulate: expected samples or minutes, found both/,
  ],
  [
    "no simulated samples",
    { simulate: { samples: 0 } },
    /simulate\.samples: expected a whole number.*found 0/,
  ],
  [
    "no time",
    { simulate: { minutes: 0 } },
    /simulate\.minutes: expected a number above 0 and at most 525600, a year, found 0/,
  ],
  [
    "endless time",
    { simulate: { minutes: Number.POSITIVE_INFINITY } },
    /simulate\.minutes: .*found Infinity/,
  ],
  ["an unknown engine", { engine: "abacus" }, /engine: expected auto, onnxruntime, tensorflow, found abacus/],
  ["an unknown device", { device: "abacus" }, /device: expected auto, cpu.*found abacus/],
];

test("settings with a value that is not allowed are refused, naming field, expected and found", async () => {
  const before = await client.trainings();
  for (const [name, change, message] of REFUSED) {
    await assert.rejects(
      client.train(request("refused", change)),
      { code: "TRAINING_CONFIG", message },
      name,
    );
  }
  const raw = await daemon.raw();
  raw.send({ startTraining: { request: 9 } });
  const nothing = await raw.take("error");
  assert.deepEqual([nothing.code, nothing.request, nothing.fatal], ["TRAINING_CONFIG", 9, false]);
  raw.close();
  assert.deepEqual(await client.trainings(), before);
});

test("what only the training can know ends it: an unknown architecture, layer or set", async () => {
  for (const [change, code] of [
    [{ architecture: "resnet" }, "TRAINING_CONFIG"],
    [{ freeze: ["conv_99"] }, "TRAINING_CONFIG"],
    [{ set: RANDOM_MODEL }, "DATASET_FORMAT"],
    [{ init: join(folder, "no.onnx") }, "INPUT_NOT_FOUND"],
  ] as const) {
    await assert.rejects((await client.train(request("unknown", change))).finished, { code });
  }
});

test("a training that is not known is TRAINING_UNKNOWN; a request without a number ends the connection", async () => {
  await assert.rejects(client.watchTraining(4_000), { code: "TRAINING_UNKNOWN", message: /training 4000/ });
  const raw = await daemon.raw();
  raw.send({ cancelTraining: { request: 3, training: 0 } });
  const unknown = await raw.take("error");
  assert.deepEqual([unknown.code, unknown.request, unknown.fatal], ["TRAINING_UNKNOWN", 3, false]);
  raw.send({ listTrainings: {} });
  const broken = await raw.take("error");
  assert.deepEqual([broken.code, broken.fatal], ["PROTOCOL_MESSAGE", true]);
});

test("questions about models and trainings at the same time get each their answer", async () => {
  const [models, refused, trainings] = await Promise.all([
    client.listModels(),
    client.watchTraining(4_000).catch((error) => error.code),
    client.trainings(),
  ]);
  assert.deepEqual(
    models.map(({ name }) => name),
    ["random_defcon", "defcon", "defcon-fast"],
  );
  assert.equal(refused, "TRAINING_UNKNOWN");
  assert.ok(trainings.length > 0);
});

test("a client that reads nothing for a while gets all epochs and the end, and of the progress only the latest", async () => {
  const raw = await daemon.raw();
  raw.send({ startTraining: { request: 1, settings: { ...request("unread"), freeze: [] } } });
  const { training } = await raw.take("trainingReply");
  raw.socket.pause();
  await (await client.watchTraining(training.training)).finished;
  raw.socket.resume();
  const kinds: string[] = [];
  while (kinds.at(-1) !== "finished") kinds.push(kindOf(await raw.next()));
  raw.close();
  assert.deepEqual(
    kinds.filter((kind) => kind !== "step"),
    ["started", "epoch", "epoch", "finished"],
  );
});

function kindOf({ trainingEvent }: ReceivedServerMessage): string {
  const kinds = ["started", "step", "epoch", "finished", "failed"] as const;
  return kinds.find((kind) => trainingEvent?.[kind] != null) ?? "other";
}

test("the daemon stops with a checkpoint and tells watchers of the end, and idle exit waits for a training", async (t) => {
  // Time goes on only where this test says so.
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const reasons: string[] = [];
  let onLeft: () => void = () => undefined;
  const own = await runDaemon(t, {
    idleExitMs: 1_000,
    onEvent: (event) => {
      if (event.event === "stopping") reasons.push(event.reason);
      if (event.event === "disconnected") onLeft();
    },
  });
  const output = join(folder, "stopped");
  const starter = await own.connect();
  const { id } = await starter.train(long("stopped"));
  const left = new Promise<void>((resolve) => {
    onLeft = resolve;
  });
  await starter.close();
  await left;
  t.mock.timers.tick(10_000);
  assert.deepEqual(reasons, []);
  const watcher = await own.connect();
  const training = await watcher.watchTraining(id);
  await until(training.events(), "epoch");
  const before = statSync(join(output, "checkpoint.h5")).mtimeMs;
  const end = assert.rejects(training.finished, { code: "CANCELLED" });
  await own.daemon.stop("a test");
  await end;
  await assert.rejects(watcher.train(long("late")), /DAEMON_STOPPING|connection/);
  assert.ok(statSync(join(output, "checkpoint.h5")).mtimeMs > before);
});
