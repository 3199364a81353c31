import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { InputError } from "../../../src/base/errors.js";
import { WIRE_LIMITS } from "../../../src/base/limits.js";
import { ServerTraining } from "../../../src/daemon/training/training.js";
import { TrainingLog } from "../../../src/daemon/training/training-log.js";
import { TrainingWatch } from "../../../src/daemon/training/training-watch.js";
import { Trainings } from "../../../src/daemon/training/trainings.js";
import type { ServerMessage } from "../../../src/protocol/codec.js";
import type { TrainingEvent } from "../../../src/train/events.js";

const STARTED: TrainingEvent = {
  event: "started",
  engine: "e",
  device: "d",
  reason: "r",
  samples: 10,
  validation: 1,
  width: 16,
  height: 16,
  parameters: 1,
  resumed: 0,
};

function step(batch: number): TrainingEvent {
  const progress = { stage: "both", epoch: 1, epochs: 9, batch, batches: 1000, loss: 1 };
  return { event: "step", progress: { ...progress, samplesPerSecond: 1, secondsLeft: 1 } };
}

function epoch(number: number): TrainingEvent {
  const record = { stage: "both", epoch: number, loss: 1, validationLoss: 1, learningRate: 1, seconds: 1 };
  return { event: "epoch", record, best: false };
}

/** A training that does what the test says. */
function playedTraining() {
  let tell: (event: TrainingEvent) => void = () => undefined;
  let finish: (model: string) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const training = new ServerTraining(1, {
    kind: "training",
    set: "/set.h5",
    output: "/out",
    name: "defcon",
    start(onEvent) {
      tell = onEvent;
      const finished = new Promise<string>((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
      return { finished, cancel: () => undefined };
    },
  });
  return { training, tell, finish, fail };
}

/** A client that has read a message only when the test says so. */
function slowClient(training: ServerTraining) {
  const messages: ServerMessage[] = [];
  let onWritten: (() => void) | undefined;
  let isOver = false;
  const watch = new TrainingWatch(
    training,
    (message, written) => {
      messages.push(message);
      onWritten = written;
    },
    () => {
      isOver = true;
    },
  );
  return {
    messages,
    /** What was told, in short. */
    told: () => messages.map(({ trainingEvent }) => short(trainingEvent!)),
    /** Reads until nothing more comes. */
    readAll() {
      for (let written = onWritten; written; written = onWritten) {
        onWritten = undefined;
        written();
      }
    },
    isOver: () => isOver,
    close: () => watch.close(),
  };
}

function short({ started, step, epoch, finished, failed }: NonNullable<ServerMessage["trainingEvent"]>) {
  if (step) return `step ${step.batch}`;
  if (epoch) return `epoch ${epoch.record!.epoch}`;
  return started ? "started" : finished ? `finished ${finished.model}` : `failed ${failed!.code}`;
}

test("a client that never reads has one message on its way, however long the training", () => {
  const { training, tell } = playedTraining();
  const client = slowClient(training);
  tell(STARTED);
  for (let i = 1; i <= 20_000; i++) {
    tell(step(i));
    tell(epoch(i));
  }
  assert.deepEqual(client.told(), ["started"]);
});

test("a watch that was closed tells nothing more, not even after the message on its way", () => {
  const { training, tell } = playedTraining();
  const client = slowClient(training);
  tell(STARTED);
  tell(epoch(1));
  client.close();
  client.readAll();
  tell(epoch(2));
  assert.deepEqual(client.told(), ["started"]);
});

test("a client that reads late gets every epoch in order, and of the progress only what is not out of date", async () => {
  const { training, tell, finish } = playedTraining();
  const client = slowClient(training);
  tell(STARTED);
  for (const event of [step(1), step(2), epoch(1), epoch(2), step(3)]) tell(event);
  client.readAll();
  const late = slowClient(training);
  late.readAll();
  tell(epoch(3));
  tell({ event: "finished", model: "/m.onnx", history: [] });
  client.readAll();
  assert.deepEqual(client.told().slice(-1), ["epoch 3"], "the end is told when the next training can start");
  finish("/m.onnx");
  await training.ended;
  client.readAll();
  late.readAll();
  const end = ["epoch 3", "finished /m.onnx"];
  assert.deepEqual(client.told().filter(lasting), ["started", "epoch 1", "epoch 2", ...end]);
  assert.deepEqual(late.told().filter(lasting), client.told().filter(lasting));
  assert.ok(client.isOver() && late.isOver());
  assert.equal(training.summary.state, "finished");
});

function lasting(told: string): boolean {
  return !told.startsWith("step");
}

test("progress comes ten times a second at most, the latest each time, and not after its epoch's end", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { training, tell } = playedTraining();
  const client = slowClient(training);
  tell(STARTED);
  for (let ms = 0; ms < 1_000; ms++) {
    tell(step(ms));
    client.readAll();
    t.mock.timers.tick(1);
  }
  const steps = client.told().filter((told) => told.startsWith("step"));
  assert.deepEqual(
    steps.slice(0, 3),
    ["step 0", "step 99", "step 199"],
    "the first at once, then the latest of each tenth of a second",
  );
  assert.ok(steps.length <= 11, `${steps.length} in a second`);
  tell(step(5_000));
  tell(epoch(1));
  t.mock.timers.tick(1_000);
  client.readAll();
  assert.equal(client.told().at(-1), "epoch 1");
});

test("a failure is told with its code, a cancellation as such", async () => {
  for (const [code, state] of [
    ["INPUT_NOT_FOUND", "failed"],
    ["CANCELLED", "cancelled"],
  ] as const) {
    const { training, fail } = playedTraining();
    const client = slowClient(training);
    fail(new InputError(code, { subject: "x" }));
    await training.ended;
    client.readAll();
    assert.deepEqual(client.told(), [`failed ${code}`]);
    assert.equal(training.summary.state, state);
  }
});

test("of a very long training the start and the latest epochs are kept, and no reader gets one twice", () => {
  const log = new TrainingLog(4);
  const reading = log.begin();
  const read = () => short({ training: 1, ...log.read(reading)! });
  log.add({ started: {} });
  log.add({ epoch: { record: { epoch: 1 } } });
  assert.deepEqual([read(), read()], ["started", "epoch 1"]);
  for (let i = 2; i <= 9; i++) log.add({ epoch: { record: { epoch: i } } });
  assert.deepEqual([read(), read(), read()], ["epoch 7", "epoch 8", "epoch 9"]);
  assert.equal(log.read(reading), undefined);
  log.add({ epoch: { record: { epoch: 10 } } });
  assert.equal(read(), "epoch 10");
  const late = log.begin();
  const all = Array.from({ length: 4 }, () => short({ training: 1, ...log.read(late)! }));
  assert.deepEqual(all, ["started", "epoch 8", "epoch 9", "epoch 10"]);
});

test("trainings that ended are listed until there are too many, and none is started once the daemon stops", async () => {
  const ends: (() => void)[] = [];
  const onChange = mock.fn();
  const trainings = new Trainings({
    local: true,
    onChange,
    startRun: () => ({
      finished: new Promise((resolve) => ends.push(() => resolve("/m.onnx"))),
      cancel: () => ends.at(-1)!(),
    }),
  });
  const most = WIRE_LIMITS.maxEndedTrainings;
  for (let i = 0; i < most + 3; i++) {
    const training = trainings.start({ set: "/s", output: "/o" }, false);
    assert.ok(trainings.isRunning);
    ends.at(-1)!();
    await training.ended;
    await null;
  }
  // Each begins and ends.
  assert.equal(onChange.mock.callCount(), 2 * (most + 3));
  assert.deepEqual(
    trainings.list().map(({ id }) => id),
    Array.from({ length: most }, (_, i) => i + 4),
  );
  assert.throws(() => trainings.get(3), { code: "TRAINING_UNKNOWN" });
  trainings.start({ set: "/s", output: "/o" }, false);
  await trainings.stop();
  assert.throws(() => trainings.start({ set: "/s", output: "/o" }, false), { code: "DAEMON_STOPPING" });
});
