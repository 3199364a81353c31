import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { WebSocketServer } from "ws";
import { startDaemon } from "../../src/daemon/daemon.js";
import { readStatus, statusLink } from "../../src/daemon/status/status-client.js";
import { DaemonClient } from "../../src/protocol/client.js";
import { readDiscovery, writeDiscovery } from "../../src/protocol/discovery.js";
import { makeCertificate, withoutOpenssl } from "../support/certificate.js";
import { runDaemon } from "../support/daemon.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const skip = withoutOpenssl;
const folder = temporaryFolder({ after });
const certificate = (name: string, host: string) => makeCertificate(folder, name, host);

test("with a certificate of one's own, clients count over TLS: by the discovery file, or by trusting it", {
  skip,
}, async (t) => {
  const tls = certificate("own", "127.0.0.1");
  const { url, token } = await runDaemon(t, { tls });
  assert.match(url, /^wss:\/\/127\.0\.0\.1:/);
  const found = await DaemonClient.connect();
  const trusting = await DaemonClient.connect({ url, token, ca: readFileSync(tls.cert) });
  for (const client of [found, trusting]) {
    const stream = await client.openStream({ width: 4, height: 4, pixelType: "uint8" });
    await stream.send(new Uint8Array(16));
    await stream.close();
    for await (const answer of stream.results()) assert.equal(answer.kind === "result" && answer.count, 0);
    await client.close();
  }
  const { daemon } = await readStatus((await readDiscovery())!);
  assert.equal(daemon.address, url);
});

test("a certificate that nobody vouches for, or of another host, is refused", { skip }, async (t) => {
  const tls = certificate("other host", "lab.example");
  const { url, token } = await runDaemon(t, { tls });
  const refused = { code: "DAEMON_UNREACHABLE" };
  await assert.rejects(DaemonClient.connect({ url, token }), { ...refused, message: /self.signed/ });
  const ca = readFileSync(tls.cert);
  await assert.rejects(DaemonClient.connect({ url, token, ca }), {
    ...refused,
    message: /does not match certificate/,
  });
  // The discovery file names the certificate itself, whatever host it is for.
  await (await DaemonClient.connect()).close();
});

test("a program that listens in the daemon's place does not get the token", { skip }, async (t) => {
  await runDaemon(t, { tls: certificate("real", "127.0.0.1") });
  const { cert, key } = certificate("false", "127.0.0.1");
  const https = createServer({ cert: readFileSync(cert), key: readFileSync(key) }).listen(0, "127.0.0.1");
  const impostor = new WebSocketServer({ server: https });
  const heard: unknown[] = [];
  impostor.on("connection", (socket) => socket.on("message", (data) => heard.push(data)));
  t.after(() => {
    for (const socket of impostor.clients) socket.terminate();
    https.close();
  });
  await new Promise((resolve) => https.once("listening", resolve));
  const discovery = (await readDiscovery())!;
  await writeDiscovery({ ...discovery, port: (https.address() as AddressInfo).port });
  await assert.rejects(DaemonClient.connect(), {
    code: "DAEMON_UNREACHABLE",
    message: /another certificate/,
  });
  https.on("request", ({ headers }) => heard.push(headers));
  for (const ask of [readStatus, statusLink]) {
    await assert.rejects(ask((await readDiscovery())!), {
      code: "DAEMON_UNREACHABLE",
      message: /another certificate/,
    });
  }
  assert.deepEqual(heard, []);
  await writeDiscovery(discovery);
});

test("a second daemon is refused while one with TLS runs", { skip }, async (t) => {
  const tls = certificate("second", "127.0.0.1");
  await runDaemon(t, { tls });
  await assert.rejects(startDaemon({ host: "127.0.0.1", port: 0, models: [RANDOM_MODEL] }), {
    code: "DAEMON_RUNNING",
  });
});

test("a key that does not fit the certificate is refused at the start", { skip }, async (t) => {
  const { cert } = certificate("one", "127.0.0.1");
  const { key } = certificate("two", "127.0.0.1");
  await assert.rejects(runDaemon(t, { tls: { cert, key } }), { code: "DAEMON_START" });
});

test("with TLS a daemon may listen where other machines reach it, takes no paths from them, of models or of trainings, and checks no host name", {
  skip,
}, async (t) => {
  const tls = certificate("open", "lab.example");
  const { daemon } = await runDaemon(t, { tls, host: "0.0.0.0" });
  const client = await DaemonClient.connect();
  await assert.rejects(client.openStream({ width: 4, height: 4, pixelType: "uint8", model: RANDOM_MODEL }), {
    code: "MODEL_NOT_FOUND",
    message: /takes no paths/,
  });
  await assert.rejects(client.train({ set: "/set.h5", output: "/model" }), {
    code: "TRAINING_REMOTE",
    message: /takes no paths.*defcon-fiji train/,
  });
  assert.deepEqual(await client.trainings(), []);
  const remote = { code: "DAEMON_REMOTE" };
  await assert.rejects(client.installModel(RANDOM_MODEL), remote);
  await assert.rejects(client.removeModel("defcon"), remote);
  await assert.rejects(client.setDefaultModel("defcon"), remote);
  await assert.rejects(client.stopDaemon(), remote);
  assert.match((await client.modelCard("defcon")).card, /^# defcon/);
  assert.ok(client.models.every(({ path }) => path === ""));
  const stream = await client.openStream({ width: 4, height: 4, pixelType: "uint8", model: "random_defcon" });
  await stream.close();
  await client.close();
  assert.ok(daemon.port > 0);
});
