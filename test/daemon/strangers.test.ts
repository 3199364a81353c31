import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { WIRE_LIMITS } from "../../src/base/limits.js";
import { ended, getOf, silent, upgradeOf } from "../support/attacks.js";
import { collect } from "../support/collect.js";
import { RawClient, runDaemon } from "../support/daemon.js";
import type { Ending } from "../support/temporary.js";

const { daemon, url, token, connect: connectClient } = await runDaemon({ after });
const OWN = `127.0.0.1:${daemon.port}`;
const [GET, UPGRADE] = [getOf({ url }), upgradeOf({ url })];
const silently = (context: Ending, text?: string) => silent(context, { url }, text);

/** A client with the token, whose frame is counted. */
async function newcomer(): Promise<void> {
  const client = await connectClient();
  const stream = await client.openStream({ width: 8, height: 4, pixelType: "uint8" });
  await stream.send(Uint8Array.from({ length: 32 }, (_, i) => i));
  await stream.close();
  assert.deepEqual(
    (await collect(stream.results())).map(({ kind }) => kind),
    ["result"],
  );
  await client.close();
}

test("20,000 GETs in one go, whose answers nobody reads, end their connection; others are served", async (t) => {
  const sockets: Socket[] = [];
  for (let i = 0; i < 20; i++) sockets.push(await silently(t, GET.repeat(20_000)));
  await newcomer();
  await Promise.all(sockets.map(ended));
  await newcomer();
});

test("as many GETs as are answered at a time are all answered, in their order", async () => {
  const socket = connect(daemon.port, "127.0.0.1");
  const paths = ["/", "/nothing", "/page.css", "/", "/uplot.js", "/api/status", "/", "/nothing"];
  assert.equal(paths.length, WIRE_LIMITS.maxRequestsUnderWay);
  const last = "Connection: close\r\n";
  const requests = paths.map(
    (path, i) => `GET ${path} HTTP/1.1\r\nHost: ${OWN}\r\n${i === paths.length - 1 ? last : ""}\r\n`,
  );
  socket.write(requests.join(""));
  const text = Buffer.concat(await collect<Buffer>(socket)).toString("latin1");
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  assert.deepEqual(statuses, [200, 404, 200, 200, 200, 401, 200, 404]);
});

test("any number of connections without the token, of all kinds, keep no client out", async (t) => {
  const half = "GET / HTTP/1.1\r\nHost: ";
  const strangers: Socket[] = [];
  for (let i = 0; i < 3 * WIRE_LIMITS.maxStrangers; i++) {
    strangers.push(await silently(t, [UPGRADE, "", half, GET][i % 4]));
  }
  await newcomer();
  // The oldest were ended to make room.
  await Promise.all(strangers.slice(0, WIRE_LIMITS.maxStrangers).map(ended));
  await newcomer();
});

test("a client that was let in is not ended for strangers, nor is a page with its key", async (t) => {
  const client = await connectClient();
  const page = await fetch(`http://${OWN}/api/status/stream`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const reader = page.body!.getReader();
  await reader.read();
  for (let i = 0; i <= WIRE_LIMITS.maxStrangers; i++) await silently(t);
  assert.ok((await client.listModels()).length > 0);
  assert.equal((await reader.read()).done, false);
  await reader.cancel();
  await client.close();
});

test("a client that breaks the protocol and does not close in its turn is cut off", async (t) => {
  const socket = await silently(t, UPGRADE);
  // A masked text message, which no hello is; the close frame that follows is ignored.
  socket.write(Buffer.from("818400000000", "hex"));
  socket.write("hell");
  await ended(socket);
  // One that says nothing is refused after a while, and cut off as well.
  await ended(await silently(t, UPGRADE));
});

test("32 clients are let in; one more is told that there are too many, and the rest go on", async () => {
  const waiting = await RawClient.open(url);
  // All at once: the one that waits has some seconds for its hello.
  const greeted = Array.from({ length: WIRE_LIMITS.maxConnections }, () => RawClient.greeted(url, token));
  const open = await Promise.all(greeted);
  waiting.send({ hello: { protocolVersion: 1, token } });
  const error = await waiting.take("error");
  assert.deepEqual([error.code, error.fatal], ["PROTOCOL_LIMIT", true]);
  assert.equal(await waiting.closed, 1008);
  open[0]!.send({ listModels: {} });
  await open[0]!.take("modelList");
  for (const client of open) client.close();
});
