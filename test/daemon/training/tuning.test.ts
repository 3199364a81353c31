import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { PNG } from "pngjs";
import { packageRoot } from "../../../src/base/home.js";
import { readStatus } from "../../../src/daemon/status/status-client.js";
import type { TuningRequest, WatchedEvent } from "../../../src/protocol/client.js";
import { readDiscovery } from "../../../src/protocol/discovery.js";
import { likenesses, mismatch } from "../../../src/tune/likeness.js";
import { measureStacks } from "../../../src/tune/measure/measure-stacks.js";
import { TUNING_FILES } from "../../../src/tune/tune.js";
import { runDaemon } from "../../support/daemon.js";
import { writeRecording } from "../../support/recording.js";
import { temporaryFolder } from "../../support/temporary.js";

const folder = temporaryFolder({ after });
const stack = await writeRecording(folder);

const daemon = await runDaemon({ after });
const client = await daemon.connect();
after(() => client.close());

/** A tuning of a few seconds. */
function request(name: string, change: Partial<TuningRequest> = {}): TuningRequest {
  return { stacks: [stack], output: join(folder, name), minutes: 0.05, seed: 1, from: "defcon", ...change };
}

/** What a tuning tells, and how it ends. */
async function follow(events: AsyncGenerator<WatchedEvent>) {
  const told: WatchedEvent[] = [];
  try {
    for await (const event of events) told.push(event);
    return { told, error: undefined };
  } catch (error) {
    return { told, error: error as Error & { code: string } };
  }
}

function one<Kind extends WatchedEvent["event"]>(told: readonly WatchedEvent[], kind: Kind) {
  const found = told.filter((event): event is Extract<WatchedEvent, { event: Kind }> => event.event === kind);
  assert.equal(found.length, 1, `${found.length} times ${kind}`);
  return found[0]!;
}

/** Waits until an event of a kind was told. */
async function until(events: AsyncGenerator<WatchedEvent>, kind: WatchedEvent["event"]): Promise<void> {
  for (let next = await events.next(); !next.done; next = await events.next())
    if (next.value.event === kind) return;
  assert.fail(`no ${kind}`);
}

test("a tuning tells what it measures, compares, learns and judges, to those who come late too; a second one has to wait", async () => {
  const tuning = await client.tune(request("mine"));
  assert.deepEqual(tuning.summary, {
    id: tuning.id,
    state: "running",
    kind: "tuning",
    set: stack,
    output: join(folder, "mine"),
    name: "mine",
  });
  const following = follow(tuning.events());
  const busy = { code: "TRAINING_RUNNING", message: new RegExp(`tuning ${tuning.id} of mine`) };
  await assert.rejects(client.tune(request("second")), busy);
  await assert.rejects(client.train({ set: stack, output: folder }), busy);
  const { told, error } = await following;

  const measured = await measureStacks([stack]);
  assert.equal(
    one(told, "measured")
      .findings.find(({ title }) => title === "taken from")
      ?.text.split(";")[0],
    "120 frames of 96 × 96",
  );
  const compared = one(told, "compared");
  const again = likenesses(measured, await measureStacks([join(folder, "mine", TUNING_FILES.simulated)]));
  assert.deepEqual(compared.likenesses, again);
  assert.equal(compared.mismatch, mismatch(again));
  for (const bytes of [compared.recording, compared.simulation]) {
    const { width, height } = PNG.sync.read(Buffer.from(bytes));
    assert.deepEqual([width, height], [96, 96]);
  }
  const epochs = told.flatMap((event) => (event.event === "epoch" ? [event.record] : []));
  assert.ok(epochs.length > 0 && epochs.every(({ loss, validationLoss }) => loss > 0 && validationLoss > 0));
  const judged = one(told, "judged");
  assert.equal(judged.rows.length, 4);
  assert.equal(judged.cutShort, false);
  assert.ok(existsSync(judged.report) && existsSync(judged.model));

  // Some seconds of training need not make a better model: both ends are as they have to be.
  const installed = join(daemon.home, "models", "mine.onnx");
  if (error) {
    assert.equal(error.code, "INPUT_UNMEASURABLE");
    assert.ok(judged.objections.length > 0 && error.message.includes(judged.objections[0]!));
    assert.ok(!existsSync(installed));
  } else {
    assert.deepEqual(judged.objections, []);
    const { model, history } = one(told, "finished");
    assert.equal(model, installed);
    assert.deepEqual(readFileSync(model), readFileSync(judged.model));
    assert.deepEqual(history, epochs);
  }

  const { trainings } = await readStatus((await readDiscovery())!);
  const status = trainings.find(({ id }) => id === tuning.id)!;
  assert.equal(status.kind, "tuning");
  const news = status.news.map(({ event }) => event).filter((event) => event !== "epoch");
  assert.deepEqual(news, ["measured", "compared", "started", "judged", error ? "failed" : "finished"]);
  assert.ok(
    status.news.every((each) => !("recording" in each)),
    "pictures are no news",
  );

  const late = await follow((await client.watchTraining(tuning.id)).events());
  const lasting = told.filter(({ event }) => event !== "step" && event !== "measuring");
  assert.deepEqual(late.told, lasting);
  assert.equal(late.error?.code, error?.code);
});

test("cancelled while it trains a tuning goes on with the best model so far", async () => {
  // The first of its epochs is over soon where frames and network are small.
  const small = await writeRecording(temporaryFolder({ after }), { density: 0.25 }, 300, 48);
  const tuning = await client.tune(request("cut", { stacks: [small], from: "defcon-fast", minutes: 1_000 }));
  const events = tuning.events();
  await until(events, "epoch");
  await tuning.cancel();
  const { told } = await follow(events);
  const judged = one(told, "judged");
  assert.equal(judged.cutShort, true);
  assert.ok(existsSync(judged.model));
  assert.notEqual((await client.trainings()).at(-1)!.state, "cancelled");
});

test("cancelled before it has learnt anything it leaves nothing", async () => {
  const tuning = await client.tune(request("early", { minutes: 1_000 }));
  const events = tuning.events();
  await until(events, "measured");
  await tuning.cancel();
  const { error } = await follow(events);
  assert.equal(error?.code, "CANCELLED");
  assert.equal((await client.trainings()).at(-1)!.state, "cancelled");
  assert.ok(!readdirSync(folder).some((name) => name.includes("early")));
});

test("a name that is taken, of the daemon's own models too, ends it before it measures", async () => {
  for (const name of ["defcon", "random_defcon"]) {
    const { told, error } = await follow((await client.tune(request(name))).events());
    assert.deepEqual(told, []);
    assert.equal(error?.code, "MODEL_NAME");
    assert.match(error.message, new RegExp(`model ${name}: expected a name that is free`));
  }
});

test("why a recording cannot be measured reaches the client in the tuning's own words", async () => {
  const empty = temporaryFolder({ after });
  const dark = await writeRecording(empty, { density: 0 }, 40);
  const tuning = await client.tune(request("dark", { stacks: [dark] }));
  await assert.rejects(tuning.finished, {
    code: "INPUT_UNMEASURABLE",
    message: /recording\.tif: expected 50 or more spots apart from others, found \d+\. Give more/,
  });
  const missing = await client.tune(request("missing", { stacks: [join(empty, "none.tif")] }));
  await assert.rejects(missing.finished, { code: "INPUT_NOT_FOUND", message: /none\.tif/ });
  assert.deepEqual(readdirSync(empty), ["recording.tif"]);
});

test("how the recording is read is said in the request, by the names that the errors have", async () => {
  const corpus = join(packageRoot, "test", "data", "frames", "corpus");
  for (const [name, option, code] of [
    ["rgb.tif", { channel: 1 }, "INPUT_PIXEL_TYPE"],
    ["half-a-page.tif", { salvage: true }, "INPUT_TRUNCATED"],
  ] as const) {
    const asked = { stacks: [join(corpus, name)] };
    const [[field, value]] = Object.entries(option) as [[string, unknown]];
    const refused = await client.tune(request("unread", asked));
    await assert.rejects(refused.finished, { code, message: new RegExp(`\`${field}: ${value}\``) });
    // What is read holds too little to tune to, which is told next.
    const read = await client.tune(request("read", { ...asked, ...option }));
    await assert.rejects(read.finished, { code: "INPUT_UNMEASURABLE", message: /20 frames or more/ });
  }
});

test("a folder with somebody's files is left as it is", async () => {
  const full = temporaryFolder({ after });
  writeFileSync(join(full, "notes.txt"), "notes");
  await assert.rejects((await client.tune(request("full", { output: full }))).finished, {
    code: "OUTPUT_EXISTS",
  });
  assert.deepEqual(readdirSync(full), ["notes.txt"]);
});

const REFUSED: [string, Partial<TuningRequest>, RegExp][] = [
  ["no stack", { stacks: [] }, /stacks: expected one or more, found none/],
  ["a relative stack", { stacks: ["a.tif"] }, /stacks: expected an absolute path .*, found a\.tif/],
  ["no output", { output: "" }, /output: expected an absolute path/],
  ["no time", { minutes: 0 }, /minutes: expected a number above 0/],
  ["no pixel", { pixelSize: -1 }, /pixelSize: expected a number above 0, found -1/],
  ["half a seed", { seed: -1 }, /seed: expected a whole number/],
  ["no channel", { channel: 0 }, /channel: expected a whole number of at least 1, found 0/],
  ["no replacement", { replaceInvalid: "zero" }, /replaceInvalid: expected median, found zero/],
];

test("settings with a value that is not allowed are refused, naming field, expected and found", async () => {
  const before = await client.trainings();
  for (const [name, change, message] of REFUSED) {
    await assert.rejects(client.tune(request("refused", change)), { code: "TRAINING_CONFIG", message }, name);
  }
  const raw = await daemon.raw();
  raw.send({ startTuning: { request: 9 } });
  const nothing = await raw.take("error");
  assert.deepEqual([nothing.code, nothing.request, nothing.fatal], ["TRAINING_CONFIG", 9, false]);
  raw.close();
  assert.deepEqual(await client.trainings(), before);
});
