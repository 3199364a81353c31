import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { WIRE_LIMITS } from "../../src/base/limits.js";
import type { DaemonClient } from "../../src/protocol/client.js";
import { type ClientMessage, encodeClientMessage } from "../../src/protocol/codec.js";
import { collect } from "../support/collect.js";
import { hello, RawClient, runDaemon, streamRequest } from "../support/daemon.js";

const { url, token, raw, daemon, connect: connectClient } = await runDaemon({ after });

const FRAME = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

/** Frames of a client that does nothing wrong, counted while others misbehave. */
async function innocent(client: DaemonClient): Promise<void> {
  const stream = await client.openStream({ width: 8, height: 4, pixelType: "uint8" });
  for (let i = 0; i < 3; i++) await stream.send(FRAME);
  await stream.close();
  const kinds = (await collect(stream.results())).map(({ kind, sequence }) => `${kind} ${sequence}`);
  assert.deepEqual(kinds, ["result 0", "result 1", "result 2"]);
}

const bystander = await connectClient();
after(() => bystander.close());

/** What a stranger says first, and the error that ends the connection. */
const FIRST: [string, string | Uint8Array | ClientMessage, string][] = [
  ["a text message", "hello", "PROTOCOL_MESSAGE"],
  ["garbage", Uint8Array.of(0xff, 0xfe, 0xfd), "PROTOCOL_MESSAGE"],
  ["an empty message", new Uint8Array(0), "PROTOCOL_MESSAGE"],
  ["an unknown message", Uint8Array.of(0xfa, 0x07, 0x00), "PROTOCOL_MESSAGE"],
  ["no token", { hello: { protocolVersion: 1 } }, "PROTOCOL_TOKEN"],
  ["a wrong token", { hello: { protocolVersion: 1, token: `${token}x` } }, "PROTOCOL_TOKEN"],
  ["an older version", { hello: { protocolVersion: 0, token } }, "PROTOCOL_VERSION"],
  ["a newer version", { hello: { protocolVersion: 2, token } }, "PROTOCOL_VERSION"],
  ["a stream before hello", streamRequest(), "PROTOCOL_MESSAGE"],
  ["a frame before hello", { frame: { stream: 1, pixels: FRAME } }, "PROTOCOL_MESSAGE"],
  ["a question before hello", { listModels: {} }, "PROTOCOL_MESSAGE"],
];

for (const [name, first, code] of FIRST) {
  test(`${name} as the first message ends that connection with ${code}`, async () => {
    const client = await RawClient.open(url);
    client.socket.send(
      typeof first === "string" || first instanceof Uint8Array ? first : encodeClientMessage(first),
    );
    const error = await client.take("error");
    assert.deepEqual([error.code, error.fatal, error.stream], [code, true, 0]);
    assert.notEqual(error.message, "");
    assert.equal(await client.closed, 1008);
    await innocent(bystander);
  });
}

test("a wrong version is told which side to update", async () => {
  for (const [protocolVersion, advice] of [
    [0, /Update the client/],
    [2, /Update the daemon/],
  ] as const) {
    const client = await RawClient.open(url);
    client.send({ hello: { protocolVersion, token } });
    assert.match((await client.take("error")).advice, advice);
  }
});

test("a refused client's later messages do nothing", async () => {
  const client = await RawClient.open(url);
  client.send({ hello: { protocolVersion: 1, token: "wrong" } });
  client.send(hello(token));
  client.send({ listModels: {} });
  client.send(streamRequest());
  assert.equal((await client.take("error")).code, "PROTOCOL_TOKEN");
  assert.equal(await client.closed, 1008);
  assert.deepEqual(client.received, []);
});

test("a second hello ends the connection", async () => {
  const client = await raw();
  client.send(hello(token));
  assert.equal((await client.take("error")).code, "PROTOCOL_MESSAGE");
  assert.equal(await client.closed, 1008);
  await innocent(bystander);
});

test("a text message or garbage after hello ends the connection, streams and all", async () => {
  for (const message of ["text", Uint8Array.of(0x0a)]) {
    const client = await raw();
    client.send(streamRequest());
    await client.take("streamOpened");
    client.socket.send(message);
    const error = await client.take("error");
    assert.deepEqual([error.code, error.fatal], ["PROTOCOL_MESSAGE", true]);
    assert.equal(await client.closed, 1008);
  }
  await innocent(bystander);
});

/** Requests that open no stream; the connection goes on. */
const REQUESTS: [string, Parameters<typeof streamRequest>[0], string][] = [
  ["number 0", { stream: 0 }, "PROTOCOL_STREAM"],
  ["no width", { width: 0 }, "INPUT_SIZE"],
  ["no height", { height: 0 }, "INPUT_SIZE"],
  ["a side that is too long", { width: 65_537, height: 1 }, "INPUT_SIZE"],
  ["sides of 2^32 - 1", { width: 2 ** 32 - 1, height: 2 ** 32 - 1 }, "INPUT_SIZE"],
  ["too many pixels", { width: 65_536, height: 65_536 }, "INPUT_SIZE"],
  ["a map larger than a message", { width: 10_000, height: 10_000, sendDensity: true }, "INPUT_SIZE"],
  ["no pixel type", { pixelType: 0 }, "INPUT_PIXEL_TYPE"],
  ["an unknown pixel type", { pixelType: 99 as 1 }, "INPUT_PIXEL_TYPE"],
  ["an unknown model", { model: "nobody's" }, "MODEL_NOT_FOUND"],
  ["a path that is no model", { model: join(packageRoot, "package.json") }, "MODEL_FORMAT"],
];

for (const [name, change, code] of REQUESTS) {
  test(`a stream of ${name} is refused with ${code}; the connection goes on`, async () => {
    const client = await raw();
    client.send(streamRequest({ stream: 5, ...change }));
    const error = await client.take("error");
    assert.deepEqual([error.code, error.fatal, error.aboutFrame], [code, false, false]);
    assert.equal(error.stream, change?.stream ?? 5);
    client.send(streamRequest({ stream: 5 }));
    assert.equal((await client.take("streamOpened")).stream, 5);
    client.close();
  });
}

test("a stream opened twice is refused; the first goes on", async () => {
  const client = await raw();
  client.send(streamRequest());
  client.send(streamRequest({ width: 9 }));
  const answers = [await client.next(), await client.next()];
  assert.equal(answers.find(({ error }) => error)!.error!.code, "PROTOCOL_STREAM");
  assert.equal(answers.find(({ streamOpened }) => streamOpened)!.streamOpened!.stream, 1);
  client.send({ frame: { stream: 1, sequence: 9, pixels: FRAME } });
  assert.equal((await client.take("result")).sequence, 9);
  client.close();
});

test("more streams than allowed are refused; a closed one makes room", async () => {
  const client = await raw();
  for (let stream = 1; stream <= 65; stream++) client.send(streamRequest({ stream }));
  const opened = new Set<number>();
  for (let i = 0; i < 65; i++) {
    const { streamOpened, error } = await client.next();
    if (streamOpened) opened.add(streamOpened.stream);
    else assert.deepEqual([error!.code, error!.stream], ["PROTOCOL_LIMIT", 65]);
  }
  assert.equal(opened.size, 64);
  client.send({ closeStream: { stream: 1 } });
  await client.take("streamClosed");
  client.send(streamRequest({ stream: 65 }));
  await client.take("streamOpened");
  client.close();
});

test("a frame or a close for a stream that is not open is told so; the connection goes on", async () => {
  const client = await raw();
  client.send({ frame: { stream: 7, sequence: 1, pixels: FRAME } });
  client.send({ closeStream: { stream: 8 } });
  for (const stream of [7, 8]) {
    const error = await client.take("error");
    assert.deepEqual([error.code, error.stream, error.fatal], ["PROTOCOL_STREAM", stream, false]);
  }
  client.send({ listModels: {} });
  assert.equal((await client.take("modelList")).models[0]!.name, "random_defcon");
  client.close();
});

test("a frame of a wrong number of bytes is refused by itself; its neighbours are counted, in order", async () => {
  const client = await raw();
  client.send(streamRequest());
  await client.take("streamOpened");
  for (const [sequence, bytes] of [32, 31, 33, 0, 32].entries()) {
    client.send({ frame: { stream: 1, sequence, pixels: new Uint8Array(bytes).fill(3) } });
  }
  for (const [sequence, kind] of ["result", "error", "error", "error", "result"].entries()) {
    const message = await client.next();
    const answer = kind === "result" ? message.result! : message.error!;
    assert.equal(answer.sequence, sequence);
    if (!message.error) continue;
    assert.deepEqual([message.error.code, message.error.aboutFrame], ["INPUT_SIZE", true]);
  }
  client.close();
});

test("a frame with NaN in a batch of good ones is the only one refused", async () => {
  const stream = await bystander.openStream({ width: 4, height: 4, pixelType: "float32" });
  const sending: Promise<number>[] = [];
  for (let i = 0; i < 12; i++) {
    const pixels = Float32Array.from({ length: 16 }, (_, j) => i + j);
    if (i === 5) pixels[7] = Number.NaN;
    if (i === 9) pixels[0] = Number.NEGATIVE_INFINITY;
    sending.push(stream.send(pixels));
  }
  await Promise.all(sending);
  await stream.close();
  const answers = await collect(stream.results());
  assert.deepEqual(
    answers.map(({ sequence }) => sequence),
    Array.from({ length: 12 }, (_, i) => i),
  );
  for (const answer of answers) {
    if (answer.sequence !== 5 && answer.sequence !== 9) assert.equal(answer.kind, "result");
    else assert.equal(answer.kind === "error" && answer.error.code, "INPUT_PIXEL_VALUE");
  }
});

test("a frame more than was granted ends the connection with PROTOCOL_CREDIT", async () => {
  const client = await raw();
  client.send(streamRequest({ width: 1024, height: 1024 }));
  const { credits } = await client.take("streamOpened");
  const pixels = new Uint8Array(1024 * 1024);
  // Results give credits back, but the daemon reads these faster than it counts them.
  for (let sequence = 0; sequence < credits * 4; sequence++)
    client.send({ frame: { stream: 1, sequence, pixels } });
  let message = await client.next();
  while (!message.error) message = await client.next();
  assert.deepEqual([message.error.code, message.error.fatal], ["PROTOCOL_CREDIT", true]);
  assert.equal(await client.closed, 1008);
  await innocent(bystander);
});

test("a stranger who announces a long message is cut off before it is gathered", async () => {
  const client = await RawClient.open(url);
  // A masked binary frame of 128 MiB (RFC 6455, 5.2) of which a little more than a hello takes is sent.
  const head = Buffer.from("82ff000000000800000000000000", "hex");
  const transport = (client.socket as unknown as { _socket: NodeJS.WritableStream })._socket;
  transport.write(Buffer.concat([head, Buffer.alloc(WIRE_LIMITS.maxHelloBytes)]));
  await client.closed;
  assert.ok(
    !client.received.some(({ error }) => error!.message.includes(`within ${WIRE_LIMITS.helloTimeoutMs} ms`)),
  );
  await innocent(bystander);
});

test("a message announced as larger than allowed ends the connection", async () => {
  const socket = connect(daemon.port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${daemon.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await new Promise((resolve) => socket.once("data", resolve));
  // A masked binary frame of 2^40 bytes (RFC 6455, 5.2).
  socket.write(Buffer.from("82ff0000010000000000", "hex"));
  let answer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    answer = Buffer.concat([answer, chunk]);
  });
  await closed;
  // A close frame with code 1009, message too big.
  assert.equal(answer.subarray(0, 4).toString("hex").slice(4), "03f1");
  await innocent(bystander);
});

test("an unmasked frame ends the connection", async () => {
  const client = await RawClient.open(url);
  const transport = (client.socket as unknown as { _socket: NodeJS.WritableStream })._socket;
  transport.write(Buffer.from([0x82, 0x02, 0x2a, 0x00]));
  assert.equal(await client.closed, 1002);
  await innocent(bystander);
});

test("a client that never says hello is told so and closed", async () => {
  const client = await RawClient.open(url);
  const error = await client.take("error");
  assert.deepEqual([error.code, error.fatal], ["PROTOCOL_MESSAGE", true]);
  assert.equal(await client.closed, 1008);
});

test("what a client calls itself cannot write on a terminal or into another line of the log", async () => {
  const events: string[] = [];
  const name = `evil\u001b[2J\u009b31m\n\u202egnp${"x".repeat(500)}`;
  const client = await RawClient.open(url);
  client.send({ hello: { protocolVersion: 1, token, client: name } });
  await client.take("welcome");
  client.send({ hello: { protocolVersion: 1, token, client: name } });
  await client.closed;
  const response = await fetch(url.replace("ws:", "http:").concat("api/status"), {
    headers: { authorization: `Bearer ${token}` },
  });
  const { log } = (await response.json()) as { log: { text: string }[] };
  for (const { text } of log) if (text.includes("evil")) events.push(text);
  assert.ok(events.length > 0);
  for (const text of events) {
    assert.match(text, /^evil\ufffd\[2J\ufffd31m\ufffd\ufffdgnpx+… (dis)?connected; \d+ connected$/);
  }
});

test("a request about a model without a name is refused, and the default model stays", async () => {
  const client = await raw();
  for (const [i, message] of (["removeModel", "setDefaultModel", "getModelCard"] as const).entries()) {
    client.send({ [message]: { request: i + 1, name: "" } });
    const error = await client.take("error");
    assert.deepEqual([error.code, error.request, error.fatal], ["MODEL_NOT_FOUND", i + 1, false]);
  }
  client.close();
});
