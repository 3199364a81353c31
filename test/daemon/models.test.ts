import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startDaemon } from "../../src/daemon/daemon.js";
import { DaemonClient } from "../../src/protocol/client.js";
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
  const { connect } = await runDaemon(t);
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
  for (let i = 0; i < 100 && (await readDiscovery()); i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await readDiscovery(), undefined);
});
