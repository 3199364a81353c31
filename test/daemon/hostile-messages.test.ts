import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { WIRE_LIMITS } from "../../src/base/limits.js";
import { type ClientMessage, encodeClientMessage } from "../../src/protocol/codec.js";
import { emptyFields, transportOf, wireOf } from "../support/attacks.js";
import { type RawClient, runDaemon, streamRequest } from "../support/daemon.js";

const { home, raw, connect } = await runDaemon({ after });
const bystander = await connect();
after(() => bystander.close());

/** Waits for the error that ends a connection. */
async function fatal(client: RawClient, code: string): Promise<string> {
  const error = await client.take("error");
  assert.deepEqual([error.code, error.fatal], [code, true]);
  await client.closed;
  assert.ok((await bystander.listModels()).length > 0);
  return error.message;
}

/** InstallModel with a path that is not absolute, in a message of so many bytes. */
function requestOf(bytes: number): ClientMessage {
  const withPath = (length: number) => ({ installModel: { request: 1, path: "x".repeat(length) } });
  const around = encodeClientMessage(withPath(bytes)).length - bytes;
  const message = withPath(bytes - around);
  assert.equal(encodeClientMessage(message).length, bytes);
  return message;
}

test("a request may be as long as the limit, and not a byte longer", async () => {
  const client = await raw();
  client.send(requestOf(WIRE_LIMITS.maxRequestBytes));
  assert.deepEqual([(await client.take("error")).code], ["INPUT_OPTION"]);
  client.send(requestOf(WIRE_LIMITS.maxRequestBytes + 1));
  assert.match(await fatal(client, "PROTOCOL_LIMIT"), /262144 bytes, or one frame/);
});

test("a long message of empty fields ends its connection and is never gathered or decoded", async () => {
  for (const count of [WIRE_LIMITS.maxRequestBytes / 2, 2 ** 21]) {
    const client = await raw();
    client.send(emptyFields({ home }, count));
    await fatal(client, "PROTOCOL_LIMIT");
  }
});

test("a frame among other fields, in a group, or with many fields, is no frame that may be long", async () => {
  const client = await raw();
  client.send(streamRequest({ width: 1024, height: 1024 }));
  await client.take("streamOpened");
  client.close();
  const frame = Buffer.from(
    encodeClientMessage({ frame: { stream: 1, sequence: 1, pixels: new Uint8Array(1024 * 1024) } }),
  );
  // Fields of Frame, with its length as a varint of four bytes (protocol buffers' encoding).
  const framed = (fields: Buffer) =>
    Buffer.concat([
      Buffer.of(
        0x1a,
        ...[0, 7, 14].map((shift) => ((fields.length >> shift) & 0x7f) | 0x80),
        fields.length >> 21,
      ),
      fields,
    ]);
  const [pixels, group] = [Buffer.alloc(400_000, Buffer.of(0x1a, 0x00)), Buffer.alloc(400_000, 0x0b)];
  for (const bytes of [
    Buffer.concat([frame, Buffer.of(0x2a, 0x00)]),
    framed(pixels),
    framed(group),
    frame.subarray(0, -1),
  ]) {
    const other = await raw();
    other.send(streamRequest({ width: 1024, height: 1024 }));
    await other.take("streamOpened");
    other.socket.send(bytes);
    await fatal(other, "PROTOCOL_LIMIT");
  }
});

test("a frame much larger than those of any stream ends its connection; one a little larger only itself", async () => {
  const client = await raw();
  client.send(streamRequest());
  await client.take("streamOpened");
  client.send({ frame: { stream: 1, sequence: 1, pixels: new Uint8Array(100_000) } });
  assert.deepEqual((await client.take("error")).code, "INPUT_SIZE");
  client.send({ frame: { stream: 1, sequence: 2, pixels: new Uint8Array(2_000_000) } });
  await fatal(client, "PROTOCOL_LIMIT");
});

test("lists may have as many entries as the limit, and not one more", async () => {
  const client = await raw();
  for (const [count, expected] of [
    [WIRE_LIMITS.maxListEntries, /absolute path/],
    [WIRE_LIMITS.maxListEntries + 1, /at most 4096 entries, found 4097/],
  ] as const) {
    client.send({
      startTuning: { request: 1, settings: { stacks: Array(count).fill("x"), output: join(home, "tuned") } },
    });
    const error = await client.take("error");
    assert.deepEqual([error.code, error.fatal], ["TRAINING_CONFIG", false]);
    assert.match(error.message, expected);
  }
  client.close();
});

test("nested groups end as no message, however many", async () => {
  for (const [byte, bytes] of [
    [0x0b, WIRE_LIMITS.maxRequestBytes],
    [0xfb, WIRE_LIMITS.maxRequestBytes],
  ] as const) {
    const client = await raw();
    client.socket.send(Buffer.alloc(bytes, byte));
    await fatal(client, "PROTOCOL_MESSAGE");
  }
});

test("a client that asks for the models again and again, and reads nothing, is read no more", async () => {
  const silent = await raw();
  silent.socket.pause();
  const transport = transportOf(silent);
  // More than the sockets of both sides hold, of questions and of answers.
  transport.write(Buffer.alloc(24_000_000, wireOf({ listModels: {} })));
  let waiting = -1;
  for (let rounds = 0; rounds < 20; rounds++) {
    if (transport.writableLength !== waiting) rounds = 0;
    waiting = transport.writableLength;
    await bystander.listModels();
  }
  assert.ok(waiting > 0, `${waiting} bytes were not taken`);
  silent.close();
});

test("the frames and maps of a client's streams have a share of the memory; a closed stream gives it back", async () => {
  const client = await raw();
  // Each frame 16 MiB, each map 64 MiB, four of both at a time.
  const request = (stream: number) => streamRequest({ stream, width: 4096, height: 4096, sendDensity: true });
  const each = 4 * (4096 * 4096 + 4 * 4096 * 4096);
  const most = Math.floor(WIRE_LIMITS.maxFrameBytesPerConnection / each);
  for (let stream = 1; stream <= most; stream++) {
    client.send(request(stream));
    assert.equal((await client.take("streamOpened")).credits, 4);
  }
  client.send(request(9));
  const error = await client.take("error");
  assert.deepEqual([error.code, error.stream, error.fatal], ["PROTOCOL_LIMIT", 9, false]);
  assert.match(error.message, /at most 1073741824 bytes/);
  client.send({ closeStream: { stream: 1 } });
  await client.take("streamClosed");
  client.send(request(9));
  await client.take("streamOpened");
  client.close();
});

test("a stream of the largest frames whose maps are sent back has one frame under way", async () => {
  const client = await raw();
  client.send(streamRequest({ width: 8192, height: 8192, pixelType: 3, sendDensity: true }));
  assert.equal((await client.take("streamOpened")).credits, 1);
  client.close();
});
