import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startDaemon } from "../../src/daemon/daemon.js";
import { NATIVE_FORMAT, readModel, writeModel } from "../../src/formats/registry.js";
import type { Weights } from "../../src/model/weights.js";
import { type ClientStream, DaemonClient } from "../../src/protocol/client.js";
import { readDiscovery } from "../../src/protocol/discovery.js";
import { runDaemon } from "../support/daemon.js";
import { oracleStacks, RANDOM_MODEL } from "../support/oracle.js";

test("a client installs a model, counts with it, makes it the default, and removes it", async (t) => {
  const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint8")!;
  const { connect } = await runDaemon(t, { models: [] });
  const client = await connect();
  assert.equal(await client.installModel(RANDOM_MODEL, { name: "mine" }), "mine");
  const models = await client.setDefaultModel("mine");
  assert.deepEqual(
    models.map(({ name, isDefault, origin }) => [name, isDefault, origin]),
    [
      ["mine", true, 1],
      ["defcon", false, 2],
      ["defcon-fast", false, 2],
    ],
  );
  const stream = await client.openStream({ width: stack.width, height: stack.height, pixelType: "uint8" });
  assert.equal(stream.model.name, "mine");
  // A stream of the default model keeps the one it began with.
  await client.setDefaultModel("defcon");
  const other = await client.openStream({ width: stack.width, height: stack.height, pixelType: "uint8" });
  assert.equal(other.model.name, "defcon");
  await stream.send(new Uint8Array(stack.pixels.buffer.slice(0, stack.width * stack.height)));
  await stream.close();
  for await (const answer of stream.results()) {
    assert.ok(answer.kind === "result" && Math.abs(answer.count - stack.count[0]!) < 1e-3);
  }
  const { card, picture } = await client.modelCard("mine");
  assert.match(card, /^# mine\n/);
  assert.equal(picture.length, 0);
  await client.removeModel("mine");
  await assert.rejects(client.openStream({ model: "mine", width: 4, height: 4, pixelType: "uint8" }), {
    code: "MODEL_NOT_FOUND",
  });
  await client.close();
});

test("what cannot be is refused with its code, and the connection goes on", async (t) => {
  const { connect, raw, home } = await runDaemon(t);
  const client = await connect();
  await assert.rejects(client.installModel("random_defcon.h5"), {
    code: "INPUT_OPTION",
    message: /absolute path/,
  });
  await assert.rejects(client.installModel(join(home, "none.h5")), { code: "INPUT_NOT_FOUND" });
  await assert.rejects(client.installModel(RANDOM_MODEL, { name: "../up" }), { code: "MODEL_NAME" });
  await assert.rejects(client.installModel(RANDOM_MODEL, { name: "defcon" }), { code: "MODEL_NAME" });
  await assert.rejects(client.removeModel("defcon"), { code: "MODEL_FIXED" });
  await assert.rejects(client.setDefaultModel("none"), { code: "MODEL_NOT_FOUND" });
  await assert.rejects(client.modelCard("none"), { code: "MODEL_NOT_FOUND" });
  assert.equal((await client.listModels())[0]!.name, "random_defcon");
  assert.equal(existsSync(join(home, "models")), false);
  await client.close();
  const without = await raw();
  without.send({ removeModel: { name: "defcon" } });
  const error = await without.take("error");
  assert.deepEqual([error.code, error.fatal], ["PROTOCOL_MESSAGE", true]);
});

test("the default survives a restart", async (t) => {
  const { daemon, connect } = await runDaemon(t, { models: [] });
  const client = await connect();
  await client.setDefaultModel("defcon-fast");
  await client.close();
  await daemon.stop("restart");
  const next = await startDaemon({ host: "127.0.0.1", port: 0, models: [] });
  t.after(() => next.stop("the test is over"));
  const again = await DaemonClient.connect();
  assert.equal(again.models[0]!.name, "defcon-fast");
  await again.close();
});

test("a client stops the daemon in order: it says so, and takes its discovery file away", async (t) => {
  const { connect, daemon } = await runDaemon(t);
  const [client, other] = [await connect(), await connect()];
  const stream = await other.openStream({ width: 8, height: 8, pixelType: "uint8" });
  await stream.send(new Uint8Array(64));
  await client.stopDaemon();
  const answers = [];
  try {
    for await (const answer of stream.results()) answers.push(answer.kind);
  } catch (error) {
    assert.equal((error as { code?: string }).code, "CONNECTION_LOST");
  }
  assert.deepEqual(answers, ["result"]);
  await daemon.stop("the same stop");
  assert.equal(await readDiscovery(), undefined);
});

/** The random model with its last layer multiplied, so that it counts as many times as much. */
async function scaledModel(path: string, factor: number): Promise<void> {
  const model = await readModel(RANDOM_MODEL);
  const weights: Weights = new Map(model.weights);
  for (const name of ["density/kernel", "density/bias"]) {
    const weight = weights.get(name);
    if (weight) weights.set(name, { ...weight, data: weight.data.map((value) => value * factor) });
  }
  await writeModel(path, { ...model, weights }, NATIVE_FORMAT, {}, true);
}

/** Counts one frame in a stream. */
async function countIn(stream: ClientStream, pixels: Uint8Array): Promise<number> {
  await stream.send(pixels);
  for await (const answer of stream.results()) {
    assert.equal(answer.kind, "result");
    return answer.kind === "result" ? answer.count : Number.NaN;
  }
  throw new Error("the stream ended");
}

test("a stream keeps the model it was opened with, when that is replaced, removed, or written over in its place", async (t) => {
  const { connect, home } = await runDaemon(t, { models: [] });
  const [file, other] = [join(home, "given.onnx"), join(home, "other.onnx")];
  await scaledModel(file, 1);
  await scaledModel(other, 3);
  const [client, second] = [await connect(), await connect()];
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => (i * 7919) % 251);
  const size = { width: 8, height: 8, pixelType: "uint8" } as const;
  await client.installModel(file, { name: "mine" });
  const before = await client.openStream({ ...size, model: "mine" });
  const byPath = await client.openStream({ ...size, model: file });
  const count = await countIn(before, pixels);
  assert.ok(count > 0);
  await second.installModel(other, { name: "mine", replace: true });
  await scaledModel(file, 3);
  const after = await second.openStream({ ...size, model: "mine" });
  // Frames of one size that arrive together must not share a batch where their weights differ.
  const counts = await Promise.all([before, after, byPath].map((stream) => countIn(stream, pixels)));
  for (const [i, factor] of [1, 3, 1].entries()) {
    assert.ok(Math.abs(counts[i]! - factor * count) < 1e-4 * count, `${counts} of ${count}`);
  }
  await second.removeModel("mine");
  for (const [stream, factor] of [
    [before, 1],
    [after, 3],
  ] as const) {
    const found = await countIn(stream, pixels);
    assert.ok(Math.abs(found - factor * count) < 1e-4 * count);
  }
  await Promise.all([client.close(), second.close()]);
});

test("more models than are kept ready count as before when all their files have gone", async (t) => {
  const { connect, home } = await runDaemon(t, { models: [] });
  const clients = [await connect(), await connect()];
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => (i * 7919) % 251);
  const streams: ClientStream[] = [];
  for (let i = 0; i < 12; i++) {
    const model = join(home, `${i}.onnx`);
    await scaledModel(model, i + 1);
    const client = clients[i % 2]!;
    streams.push(await client.openStream({ width: 8, height: 8, pixelType: "uint8", model }));
    rmSync(model);
  }
  const counts: number[] = [];
  for (const stream of streams) counts.push(await countIn(stream, pixels));
  for (const [i, count] of counts.entries()) {
    assert.ok(Math.abs(count - (i + 1) * counts[0]!) < 1e-4 * count, `${counts}`);
  }
  await Promise.all(clients.map((client) => client.close()));
});

test("a client's streams count with 8 models at most; closing one makes room", async (t) => {
  const { connect, home } = await runDaemon(t, { models: [] });
  const client = await connect();
  const open = (i: number) =>
    client.openStream({ width: 8, height: 8, pixelType: "uint8", model: join(home, `${i}.onnx`) });
  for (let i = 0; i <= 8; i++) await scaledModel(join(home, `${i}.onnx`), i + 1);
  const streams = [];
  for (let i = 0; i < 8; i++) streams.push(await open(i));
  await assert.rejects(open(8), { code: "PROTOCOL_LIMIT", message: /8 models/ });
  await open(3);
  await streams[0]!.close();
  await open(8);
  await client.close();
});
