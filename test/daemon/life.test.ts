import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import {
  type AddressInfo,
  connect as connectTcp,
  createServer as createTcpServer,
  type Server,
} from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { WebSocketServer } from "ws";
import { DaemonClient } from "../../src/protocol/client.js";
import { addressOf, type Discovery } from "../../src/protocol/discovery.js";
import { readCheckpoint } from "../../src/train/checkpoint.js";
import { collect } from "../support/collect.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { RawClient, streamRequest } from "../support/daemon.js";
import { SERVE, type Served, startServe } from "../support/serve.js";
import { type Ending, temporaryFolder } from "../support/temporary.js";
import { spotSamples, writeTrainingSet } from "../support/training-set.js";

const withoutSignals: string | false = process.platform === "win32" && "Windows has no signals";

/** A daemon in a process of its own, which is killed after the test. */
async function serve(context: Ending, home = temporaryFolder(context)): Promise<Served> {
  const served = await startServe(home);
  context.after(() => void served.child.kill("SIGKILL"));
  return served;
}

describe("a daemon's life", { concurrency: 2 }, () => {
  test("serve says that it is ready, who comes and goes, and names its process in the discovery file", async (t) => {
    const { child, discovery, events, connect, exit } = await serve(t);
    const { reason, ...ready } = events[0] as { reason: string };
    assert.match(reason, /^onnxruntime-node \d/);
    assert.deepEqual(
      [ready, ...events.slice(1)],
      [
        {
          event: "ready",
          address: `ws://127.0.0.1:${discovery.port}/`,
          page: `http://127.0.0.1:${discovery.port}/`,
          engine: "onnxruntime",
          device: "cpu",
          models: ["random_defcon", "defcon", "defcon-fast"],
        },
      ],
    );
    assert.equal(discovery.pid, child.pid);
    const client = await connect();
    assert.deepEqual(
      [client.engine, client.device, client.models[0]!.isDefault],
      ["onnxruntime", "cpu", true],
    );
    await client.close();
    child.kill("SIGTERM");
    assert.equal(await exit, process.platform === "win32" ? "SIGTERM" : 0);
    if (process.platform === "win32") return;
    const told = events.slice(1).map(({ event }) => event);
    assert.deepEqual(told.sort(), ["connected", "disconnected", "stopping"]);
  });

  test("SIGTERM: every frame sent before is answered, then the daemon goes and takes its file with it", {
    skip: withoutSignals,
  }, async (t) => {
    const { child, home, discovery, exit } = await serve(t);
    const pixels = Uint8Array.from({ length: 512 * 512 }, (_, i) => (i * 7919) % 251);
    const clients = await Promise.all(
      [1, 2, 3].map(() => RawClient.greeted(addressOf(discovery), discovery.token)),
    );
    const sent: number[] = [];
    for (const [i, client] of clients.entries()) {
      client.send(streamRequest({ width: 512, height: 512 }));
      const { credits } = await client.take("streamOpened");
      for (let sequence = 0; sequence < credits; sequence++)
        client.send({ frame: { stream: 1, sequence, pixels } });
      sent[i] = credits;
    }
    child.kill("SIGTERM");
    for (const [i, client] of clients.entries()) {
      const messages = await client.rest();
      assert.ok(messages.some(({ goodbye }) => goodbye));
      const results = messages.flatMap(({ result }) => (result ? [result.sequence] : []));
      assert.deepEqual(
        results,
        Array.from({ length: sent[i]! }, (_, sequence) => sequence),
      );
      assert.equal(await client.closed, 1001);
    }
    assert.equal(await exit, 0);
    assert.ok(!existsSync(join(home, "daemon.json")));
  });

  test("SIGTERM during a training ends it at the next batch, with a checkpoint to go on from", {
    skip: withoutSignals,
  }, async (t) => {
    const { child, home, exit, connect } = await serve(t);
    const [set, output] = [join(home, "set.h5"), join(home, "model")];
    await writeTrainingSet(set, spotSamples(24, 16));
    const client = await connect();
    const density = { epochs: 100_000, batchSize: 8 };
    const training = await client.train({ set, output, order: "both", density, patience: 100_000 });
    for await (const { event } of training.events()) if (event === "epoch") break;
    child.kill("SIGTERM");
    await assert.rejects(training.finished, { code: "CANCELLED" });
    assert.equal(await exit, 0);
    const { history, position } = (await readCheckpoint(output))!;
    assert.ok(history.length >= 1 && position.epoch === history.length);
    assert.ok(!existsSync(join(output, "defcon.onnx")));
  });

  test("a second SIGTERM ends at once a daemon that waits for a client", {
    skip: withoutSignals,
  }, async (t) => {
    const { child, discovery, exit } = await serve(t);
    const client = await RawClient.greeted(addressOf(discovery), discovery.token);
    client.socket.pause();
    child.kill("SIGTERM");
    for await (const line of createInterface(child.stdout!)) if (JSON.parse(line).event === "stopping") break;
    child.kill("SIGTERM");
    assert.equal(await exit, 1);
    client.close();
  });

  test("a connection that never says anything does not keep a daemon from going", {
    skip: withoutSignals,
  }, async (t) => {
    const { child, discovery, exit } = await serve(t);
    const socket = connectTcp(discovery.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    const half = await RawClient.open(addressOf(discovery));
    half.socket.pause();
    child.kill("SIGTERM");
    assert.equal(await exit, 0);
    socket.destroy();
    half.close();
  });

  test("a second daemon of the same user is refused, naming the first one's port and process", async (t) => {
    const { child, home, discovery, connect } = await serve(t);
    const { code, stderr } = await runCommand(SERVE, home);
    assert.equal(code, 1);
    assert.match(stderr, /DAEMON_RUNNING/);
    assert.match(stderr, new RegExp(`port ${discovery.port} \\(process ${child.pid}\\)`));
    assert.deepEqual(JSON.parse(readFileSync(join(home, "daemon.json"), "utf8")), discovery);
    await (await connect()).close();
  });

  test("of two daemons of one user that start at once, one serves and the other is refused", async (t) => {
    for (let round = 0; round < 2; round++) {
      const home = temporaryFolder(t);
      const children = [1, 2].map(() => startCommand(SERVE, home));
      t.after(() => {
        for (const child of children) child.kill("SIGKILL");
      });
      const ends = children.map((child) => finished(child));
      const { code, stderr } = await Promise.race(ends);
      assert.equal(code, 1);
      assert.match(stderr, /DAEMON_RUNNING/);
      const served = children.find(({ exitCode }) => exitCode === null)!;
      const discovery: Discovery = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
      assert.equal(discovery.pid, served.pid);
      await (await DaemonClient.connect({ url: addressOf(discovery), token: discovery.token })).close();
      assert.deepEqual(
        readdirSync(home).filter((name) => name.includes("lock")),
        [],
      );
      served.kill("SIGKILL");
      await Promise.all(ends);
    }
  });

  test("a discovery file whose process and port are others' by now does not keep a daemon from starting", async (t) => {
    const home = temporaryFolder(t);
    const { discovery: other } = await serve(t);
    const foreign: Server[] = [
      // A web server, one that takes any WebSocket, and one that says nothing.
      createHttpServer((_, response) => response.end("hello")),
      createHttpServer().on("upgrade", (request, socket, head) => {
        new WebSocketServer({ noServer: true }).handleUpgrade(request, socket, head, (client) =>
          client.on("message", () => client.send("hello")),
        );
      }),
      createTcpServer(),
    ];
    const ports = await Promise.all(
      foreign.map(async (server) => {
        t.after(() => void server.close());
        await once(server.listen(0, "127.0.0.1"), "listening");
        return (server.address() as AddressInfo).port;
      }),
    );
    // The last is another daemon, with another token.
    for (const port of [...ports, other.port]) {
      const stale = { ...other, pid: process.pid, port, token: "of-a-daemon-that-was-killed" };
      writeFileSync(join(home, "daemon.json"), JSON.stringify(stale));
      const { child, exit, discovery } = await serve(t, home);
      assert.notEqual(discovery.port, port);
      child.kill("SIGKILL");
      await exit;
    }
  });

  test("after kill -9, clients' calls fail with CONNECTION_LOST, and a new daemon starts over the stale file", async (t) => {
    const { child, home, discovery, exit, connect } = await serve(t);
    const client = await connect();
    const stream = await client.openStream({ width: 1024, height: 1024, pixelType: "uint8" });
    const pixels = new Uint8Array(1024 * 1024).fill(1, 7);
    const lost = { code: "CONNECTION_LOST" };
    const failing = [
      assert.rejects(collect(stream.results()), lost),
      assert.rejects(async () => {
        while (true) await stream.send(pixels);
      }, lost),
    ];
    await client.listModels();
    child.kill("SIGKILL");
    await Promise.all(failing);
    await assert.rejects(stream.close(), lost);
    assert.equal(await exit, "SIGKILL");
    assert.ok(existsSync(join(home, "daemon.json")));
    const second = await serve(t, home);
    assert.notEqual(second.discovery.token, discovery.token);
    await (await second.connect()).close();
  });

  test("a start that cannot work says why and leaves no discovery file", async (t) => {
    const home = temporaryFolder(t);
    const { discovery } = await serve(t);
    const starts: [string[], RegExp][] = [
      [["--host", "0.0.0.0"], /--tls-cert and --tls-key.*INPUT_OPTION/],
      [["--tls-cert", "cert.pem"], /together.*INPUT_OPTION/],
      [["--tls-cert", "cert.pem", "--tls-key", "key.pem"], /cert\.pem.*DAEMON_START/],
      [["--port", String(discovery.port)], /EADDRINUSE.*Choose another --port.*DAEMON_START/],
      [["-m", "missing.onnx"], /missing\.onnx.*MODEL_NOT_FOUND/],
    ];
    for (const [options, expected] of starts) {
      const { code, stderr } = await runCommand(["serve", ...options], home);
      assert.equal(code, 1);
      assert.match(stderr, expected);
      assert.ok(!existsSync(join(home, "daemon.json")));
    }
  });
});
