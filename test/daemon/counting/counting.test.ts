import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, test } from "node:test";
import { openTifStack } from "../../../src/frames/tif-stack.js";
import type { ClientStream, FrameAnswer } from "../../../src/protocol/client.js";
import { type ClientMessage, decodeServerMessage, encodeClientMessage } from "../../../src/protocol/codec.js";
import { collect } from "../../support/collect.js";
import { hello, runDaemon } from "../../support/daemon.js";
import {
  maxDifference,
  type OracleStack,
  oracleStacks,
  REFERENCE,
  withoutReference,
} from "../../support/oracle.js";

const running = await runDaemon({ after });
const client = await running.connect();
after(() => client.close());
const stacks = oracleStacks();

function framesOf({ pixels, width, height, frames }: OracleStack) {
  return Array.from({ length: frames }, (_, i) =>
    pixels.subarray(i * width * height, (i + 1) * width * height),
  );
}

/** Sends all of a stack's frames, closes the stream and returns the answers. */
async function count(stream: ClientStream, stack: OracleStack): Promise<FrameAnswer[]> {
  const answers = collect(stream.results());
  for (const frame of framesOf(stack)) await stream.send(frame);
  await stream.close();
  return answers;
}

function assertAsTensorFlow(answer: FrameAnswer, stack: OracleStack, index: number): void {
  assert.ok(answer.kind === "result");
  assert.ok(
    Math.abs(answer.count - stack.count[index]!) < 1e-4,
    `count ${answer.count}, ${stack.count[index]}`,
  );
  if (!answer.density) return;
  const size = stack.width * stack.height;
  const expected = stack.density.subarray(index * size, (index + 1) * size);
  assert.ok(maxDifference(answer.density, expected) < 1e-6);
}

test("the original's frames are counted as the original does", { skip: withoutReference }, async () => {
  const stack = await openTifStack(REFERENCE.frames);
  const { width, height, pixelType } = stack.info;
  const stream = await client.openStream({
    model: REFERENCE.model,
    width,
    height,
    pixelType,
    maxLocalCount: true,
  });
  const answers = collect(stream.results());
  for await (const { pixels } of stack.frames(0, 3)) await stream.send(pixels);
  await stream.close();
  await stack.close();
  for (const [i, answer] of (await answers).entries()) {
    assert.ok(answer.kind === "result");
    assert.ok(Math.abs(answer.count - REFERENCE.counts[i]!) < 1e-3);
    assert.ok(Math.abs(answer.maxLocalCount - REFERENCE.maxLocalCounts[i]!) < 1e-3);
  }
  assert.equal((await answers).length, 3);
});

for (const stack of stacks) {
  const { pixelType, width, height, frames } = stack;
  test(`a streamed ${pixelType} stack of ${width}x${height} is counted as TensorFlow does`, async () => {
    for (const pool of [0, 5] as const) {
      const stream = await client.openStream({
        width,
        height,
        pixelType,
        density: true,
        maxLocalCount: true,
        pool,
      });
      assert.equal(stream.pool, pool || 7);
      assert.equal(stream.model.name, "random_defcon");
      const answers = await count(stream, stack);
      assert.deepEqual(
        answers.map(({ sequence }) => sequence),
        Array.from({ length: frames }, (_, i) => i),
      );
      for (const [i, answer] of answers.entries()) {
        assertAsTensorFlow(answer, stack, i);
        assert.ok(answer.kind === "result" && answer.density?.length === width * height);
        const expected = stack.maxLocalCount[pool === 5 ? "5" : "7"][i]!;
        assert.ok(Math.abs(answer.maxLocalCount - expected) < 1e-5);
        assert.ok(answer.queueMs >= 0 && answer.predictMs > 0);
      }
    }
  });
}

test("what is not wanted is not sent", async () => {
  const [stack] = stacks;
  const { pixelType, width, height } = stack!;
  const [answer] = await count(await client.openStream({ width, height, pixelType }), stack!);
  assert.ok(answer!.kind === "result");
  assert.equal(answer!.maxLocalCount, 0);
  assert.equal(answer!.density, undefined);
});

test("streams of all types on one connection at once keep their own answers", async () => {
  const all = await Promise.all(
    [...stacks, ...stacks, ...stacks].map(async (stack) => {
      const { pixelType, width, height } = stack;
      return {
        stack,
        answers: await count(await client.openStream({ width, height, pixelType, density: true }), stack),
      };
    }),
  );
  for (const { stack, answers } of all) {
    assert.equal(answers.length, stack.frames);
    for (const [i, answer] of answers.entries()) assertAsTensorFlow(answer, stack, i);
  }
});

test("a client's own sequence numbers come back, each once and in order", async () => {
  const stack = stacks[0]!;
  const { pixelType, width, height } = stack;
  const stream = await client.openStream({ width, height, pixelType });
  const answers = collect(stream.results());
  const sequences = Array.from({ length: 200 }, (_, i) => 2 ** 40 + 3 * i);
  const frames = framesOf(stack);
  for (const [i, sequence] of sequences.entries()) await stream.send(frames[i % frames.length]!, sequence);
  await stream.close();
  assert.deepEqual(
    (await answers).map(({ sequence }) => sequence),
    sequences,
  );
  for (const [i, answer] of (await answers).entries()) assertAsTensorFlow(answer, stack, i % frames.length);
});

test("a frame may be changed as soon as send is done", async () => {
  const stack = stacks[0]!;
  const { pixelType, width, height } = stack;
  const stream = await client.openStream({ width, height, pixelType });
  const frame = framesOf(stack)[0]!.slice();
  await stream.send(frame);
  frame.fill(1);
  await stream.close();
  assertAsTensorFlow((await collect(stream.results()))[0]!, stack, 0);
});

test("closing with discard answers every frame, counted or dropped, and says how many of each", async () => {
  const raw = await running.raw();
  const { width, height, pixelType, pixels } = stacks[0]!;
  const types = { uint8: 1, uint16: 2, float32: 3 } as const;
  raw.send({ openStream: { stream: 1, width, height, pixelType: types[pixelType] } });
  const { credits } = await raw.take("streamOpened");
  const frame = new Uint8Array(pixels.buffer, 0, width * height * pixels.BYTES_PER_ELEMENT);
  for (let sequence = 0; sequence < credits; sequence++)
    raw.send({ frame: { stream: 1, sequence, pixels: frame } });
  raw.send({ closeStream: { stream: 1, discard: true } });
  const [results, dropped]: [number[], number[]] = [[], []];
  let message = await raw.next();
  for (; !message.streamClosed; message = await raw.next()) {
    if (message.result) results.push(message.result.sequence);
    if (message.dropped) dropped.push(message.dropped.sequence);
  }
  assert.deepEqual(
    [message.streamClosed.results, message.streamClosed.dropped],
    [results.length, dropped.length],
  );
  assert.deepEqual(
    [...results, ...dropped],
    Array.from({ length: credits }, (_, i) => i),
  );
  raw.close();
});

test("bytes may arrive split anywhere", async () => {
  const stack = stacks.find(({ pixelType }) => pixelType === "uint8")!;
  const { width, height, pixels } = stack;
  const open: ClientMessage = { openStream: { stream: 1, width, height, pixelType: 1, sendDensity: false } };
  const frame = {
    frame: { stream: 1, sequence: 0, pixels: pixels.subarray(0, width * height) as Uint8Array },
  };
  const socket = connect({ port: running.daemon.port, host: "127.0.0.1", noDelay: true });
  const start = serverMessages(socket, 2);
  await sendInPieces(
    socket,
    Buffer.concat([handshake(), wsFrame(hello(running.token)), wsFrame(open)]),
    () => 1,
  );
  const [welcome, opened] = await start;
  assert.ok(welcome!.welcome && opened!.streamOpened);
  for (const sizes of [() => 1, (i: number) => 1 + ((i * 7) % 97)]) {
    const answer = serverMessages(socket, 1);
    await sendInPieces(socket, Buffer.concat(fragments(frame)), sizes);
    assert.ok(Math.abs((await answer)[0]!.result!.count - stack.count[0]!) < 1e-4);
  }
  socket.destroy();
});

test("messages that arrive at once are answered in their order", async () => {
  const stack = stacks.find(({ pixelType }) => pixelType === "uint8")!;
  const { width, height, pixels } = stack;
  const socket = connect({ port: running.daemon.port, host: "127.0.0.1" });
  const answers = serverMessages(socket, 3);
  const open: ClientMessage = { openStream: { stream: 1, width, height, pixelType: 1 } };
  const messages = [hello(running.token), { listModels: {} }, open];
  socket.write(Buffer.concat([handshake(), ...messages.map((message) => wsFrame(message))]));
  assert.deepEqual(
    (await answers).map(({ message }) => message),
    ["welcome", "modelList", "streamOpened"],
  );
  // A frame that is discarded before the engine could take it: one answer, one StreamClosed.
  const later = serverMessages(socket, 3);
  const frame = {
    frame: { stream: 1, sequence: 0, pixels: pixels.subarray(0, width * height) as Uint8Array },
  };
  const end: ClientMessage[] = [{ closeStream: { stream: 1, discard: true } }, { listModels: {} }];
  socket.write(Buffer.concat([...fragments(frame), ...end.map((message) => wsFrame(message))]));
  assert.deepEqual(
    (await later).map(({ message }) => message),
    ["dropped", "streamClosed", "modelList"],
  );
  socket.destroy();
});

/** Writes bytes in pieces that arrive one by one. */
async function sendInPieces(socket: Socket, bytes: Buffer, size: (piece: number) => number): Promise<void> {
  for (let from = 0, piece = 0; from < bytes.length; piece++) {
    const to = from + size(piece);
    await new Promise((resolve) => socket.write(bytes.subarray(from, to), resolve));
    await new Promise(setImmediate);
    from = to;
  }
}

function handshake(): Buffer {
  return Buffer.from(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${running.daemon.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
}

/** A masked WebSocket frame (RFC 6455, 5.2). */
function maskedFrame(firstByte: number, payload: Uint8Array): Buffer {
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  const long = payload.length > 125;
  const head = Buffer.from([firstByte, 0x80 | (long ? 126 : payload.length)]);
  const length = long ? Buffer.from([payload.length >> 8, payload.length & 255]) : Buffer.alloc(0);
  const masked = Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]!));
  return Buffer.concat([head, length, mask, masked]);
}

function wsFrame(message: ClientMessage): Buffer {
  return maskedFrame(0x82, encodeClientMessage(message));
}

/** A message in three fragments with a ping between them (RFC 6455, 5.4). */
function fragments(message: ClientMessage): Buffer[] {
  const bytes = encodeClientMessage(message);
  return [
    maskedFrame(0x02, bytes.subarray(0, 5)),
    maskedFrame(0x89, Uint8Array.of(1)),
    maskedFrame(0x00, bytes.subarray(5, 9)),
    maskedFrame(0x80, bytes.subarray(9)),
  ];
}

/** The next messages of the daemon on a bare connection. */
function serverMessages(socket: Socket, count: number): Promise<ReturnType<typeof decodeServerMessage>[]> {
  const messages: ReturnType<typeof decodeServerMessage>[] = [];
  let bytes = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.subarray(0, 4).toString() === "HTTP") {
        const end = bytes.indexOf("\r\n\r\n");
        if (end < 0) return;
        bytes = bytes.subarray(end + 4);
      }
      for (let frame = nextFrame(bytes); frame; frame = nextFrame(bytes)) {
        bytes = bytes.subarray(frame.end);
        if (frame.opcode === 2) messages.push(decodeServerMessage(frame.payload));
      }
      if (messages.length < count) return;
      socket.off("data", read);
      resolve(messages);
    };
    socket.on("data", read);
  });
}

function nextFrame(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 4) return undefined;
  const long = bytes[1] === 126;
  const start = long ? 4 : 2;
  const end = start + (long ? bytes.readUInt16BE(2) : bytes[1]!);
  if (bytes.length < end) return undefined;
  return { opcode: bytes[0]! & 15, payload: bytes.subarray(start, end), end };
}
