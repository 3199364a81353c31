import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DaemonEvent } from "../../src/daemon/daemon-event.js";
import { runDaemon, streamRequest } from "../support/daemon.js";

const SIDE = 1024;
const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => (i * 7919) % 251);

function frame(sequence: number) {
  return { frame: { stream: 1, sequence, pixels } };
}

test("frames sent before a client could hear of the end are counted, later ones get DAEMON_STOPPING, all in order", async (t) => {
  const { daemon, raw } = await runDaemon(t);
  const client = await raw({ autoPong: false });
  client.send(streamRequest({ width: SIDE, height: SIDE }));
  await client.take("streamOpened");
  const pinged = new Promise<Buffer>((resolve) => client.socket.once("ping", resolve));
  client.send(frame(0));
  const stopped = daemon.stop("a test");
  await client.take("goodbye");
  await pinged;
  client.send(frame(1));
  client.socket.pong();
  client.send(frame(2));
  client.send(streamRequest({ stream: 2 }));
  const messages = await client.rest();
  await stopped;
  const answers = messages.flatMap(({ result, error }) => {
    if (result) return [`counted ${result.sequence}`];
    return error ? [`${error.code} ${error.aboutFrame ? error.sequence : `stream ${error.stream}`}`] : [];
  });
  assert.deepEqual(
    answers.filter((answer) => !answer.includes("stream")),
    ["counted 0", "counted 1", "DAEMON_STOPPING 2"],
  );
  assert.ok(answers.includes("DAEMON_STOPPING stream 2"));
});

test("a client that reads slowly still gets its last maps", async (t) => {
  const { daemon, raw } = await runDaemon(t);
  const client = await raw();
  client.send(streamRequest({ width: SIDE, height: SIDE, sendDensity: true }));
  const { credits } = await client.take("streamOpened");
  for (let sequence = 0; sequence < credits; sequence++) client.send(frame(sequence));
  client.socket.pause();
  const stopped = daemon.stop("a test");
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  client.socket.resume();
  const maps = (await client.rest()).flatMap(({ result }) => (result ? [result.density.length] : []));
  assert.deepEqual(maps, new Array(credits).fill(4 * SIDE * SIDE));
  await stopped;
});

test("stopping twice is stopping once; connections are refused meanwhile and afterwards", async (t) => {
  const { daemon, connect, home } = await runDaemon(t);
  const client = await connect();
  await Promise.all([daemon.stop("a test"), daemon.stop("again"), assert.rejects(connect())]);
  await assert.rejects(client.listModels(), { code: "CONNECTION_LOST" });
  await assert.rejects(connect(), { code: "DAEMON_UNREACHABLE" });
  assert.ok(!existsSync(join(home, "daemon.json")));
});

test("with idle exit a daemon goes when nobody has been connected for that long, and not before", async (t) => {
  // Time goes on only where this test says so.
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const events: DaemonEvent[] = [];
  let happened: () => void = () => undefined;
  const onEvent = (event: DaemonEvent) => {
    events.push(event);
    happened();
  };
  const { connect, home, daemon } = await runDaemon(t, { idleExitMs: 1_500, onEvent });
  t.mock.timers.tick(1_499);
  const client = await connect();
  t.mock.timers.tick(10_000);
  assert.ok((await client.listModels()).length > 0);
  const left = new Promise<void>((resolve) => {
    happened = resolve;
  });
  await client.close();
  await left;
  assert.equal(events.at(-1)!.event, "disconnected");
  t.mock.timers.tick(1_499);
  assert.equal(events.at(-1)!.event, "disconnected");
  t.mock.timers.tick(1);
  const last = events.at(-1)!;
  assert.match(last.event === "stopping" ? last.reason : last.event, /no connection/);
  await daemon.stop("again");
  assert.ok(!existsSync(join(home, "daemon.json")));
});
