import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WIRE_LIMITS } from "../../../src/base/limits.js";
import type { FrameAnswer, FrameIdentity } from "../../../src/protocol/client.js";
import { collect } from "../../support/collect.js";
import { runDaemon, streamRequest } from "../../support/daemon.js";

const running = await runDaemon({ after });
const client = await running.connect();
after(() => client.close());

const OPTIONS = { width: 8, height: 4, pixelType: "uint8" } as const;
const FRAME = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

function identityOf({ id, timestamp, metadata }: FrameIdentity): FrameIdentity {
  return {
    ...(id !== undefined && { id }),
    ...(timestamp !== undefined && { timestamp }),
    ...(metadata && { metadata: Uint8Array.from(metadata) }),
  };
}

function isResult(answer: FrameAnswer): answer is FrameAnswer & { kind: "result" } {
  return answer.kind === "result";
}

test("ids and timestamps of 64 bits and a kilobyte of metadata come back bit by bit", async () => {
  const given: FrameIdentity[] = [
    { id: 2n ** 53n + 1n },
    { id: 2n ** 64n - 1n, timestamp: 2n ** 63n - 1n },
    { id: 0n, timestamp: -(2n ** 63n), metadata: Uint8Array.from({ length: 1024 }, (_, i) => i % 251) },
    {},
    { timestamp: 0n },
    { id: 0x0123_4567_89ab_cdefn, timestamp: -1n, metadata: Uint8Array.of(0) },
  ];
  const stream = await client.openStream({ ...OPTIONS, density: true });
  for (const identity of given) await stream.send(FRAME, undefined, identity);
  await stream.close();
  assert.deepEqual((await collect(stream.results())).map(identityOf), given);
});

test("a result tells when its frame was received, started and finished, on one clock", async () => {
  const stream = await client.openStream(OPTIONS);
  const before = performance.now();
  for (let i = 0; i < 3; i++) await stream.send(FRAME);
  await stream.close();
  const after = performance.now();
  let last = before;
  for (const answer of (await collect(stream.results())).filter(isResult)) {
    const { receivedMs, startedMs, finishedMs, queueMs, predictMs } = answer;
    // The daemon of these tests is in this process, so its clock is this one.
    assert.ok(last <= receivedMs && receivedMs <= startedMs && startedMs < finishedMs && finishedMs <= after);
    assert.ok(Math.abs(startedMs - receivedMs - queueMs) < 1e-3);
    assert.ok(Math.abs(finishedMs - startedMs - predictMs) < 1e-3);
    last = receivedMs;
  }
  assert.ok(last > before);
});

test("what a frame's identity cannot be is refused before it is sent", async () => {
  const stream = await client.openStream(OPTIONS);
  for (const [name, value] of [
    ["id", 7],
    ["id", -1n],
    ["id", 2n ** 64n],
    ["timestamp", 2n ** 63n],
    ["timestamp", -(2n ** 63n) - 1n],
    ["metadata", "text"],
    ["metadata", new Uint8Array(WIRE_LIMITS.maxFrameMetadataBytes + 1)],
    ["name", 7n],
  ] as const) {
    await assert.rejects(stream.send(FRAME, undefined, { [name]: value } as FrameIdentity), {
      code: "INPUT_OPTION",
      message: new RegExp(`option ${name}: expected`),
    });
  }
  await stream.send(FRAME);
  await stream.close();
  assert.deepEqual(
    (await collect(stream.results())).map(({ kind, sequence }) => `${kind} ${sequence}`),
    ["result 0"],
  );
});

test("too much metadata refuses that frame alone, and does not come back", async () => {
  const raw = await running.raw();
  raw.send(streamRequest());
  await raw.take("streamOpened");
  const metadata = new Uint8Array(WIRE_LIMITS.maxFrameMetadataBytes + 1);
  raw.send({ frame: { stream: 1, sequence: 4, pixels: FRAME, identity: { metadata } } });
  raw.send({ frame: { stream: 1, sequence: 5, pixels: FRAME } });
  const error = await raw.take("error");
  assert.deepEqual(
    [error.code, error.aboutFrame, error.fatal, error.sequence],
    ["PROTOCOL_LIMIT", true, false, 4],
  );
  assert.match(error.message, /at most 1024 bytes of metadata, found 1025/);
  assert.equal(error.identity?.metadata?.length ?? 0, 0);
  const result = await raw.take("result");
  assert.equal(result.sequence, 5);
  assert.equal(result.identity, null, "a client that says nothing of its frames is told nothing");
  raw.close();
});

test("a refused frame's error and a dropped frame say which frame it was", async () => {
  const raw = await running.raw();
  raw.send(streamRequest({ latestOnly: true }));
  await raw.take("streamOpened");
  const id = (2n ** 64n - 1n) as unknown as number;
  raw.send({ frame: { stream: 1, pixels: FRAME.subarray(1), identity: { id } } });
  assert.equal((await raw.take("error")).identity.id, id);
  raw.close();

  const stream = await client.openStream({ ...OPTIONS, latestOnly: true });
  const ids = Array.from({ length: 100 }, (_, i) => 2n ** 53n + BigInt(i));
  for (const id of ids) await stream.send(FRAME, undefined, { id });
  await stream.close();
  const answers = await collect(stream.results());
  for (const { sequence, id } of answers) assert.equal(id, ids[sequence]);
  assert.equal(answers.length, ids.length);
});

test("frames that the camera skipped are told by the gaps in its ids", async () => {
  const raw = await running.raw();
  raw.send(streamRequest({ consecutiveIds: true }));
  await raw.take("streamOpened");
  const skipped: number[] = [];
  // Two gaps of 3 and 2; at 3 the camera begins anew; a frame without an id tells nothing.
  for (const id of [10n, 11n, 15n, 16n, 3n, 4n, undefined, 7n, 7n]) {
    const identity = id === undefined ? {} : { identity: { id: id as unknown as number } };
    raw.send({ frame: { stream: 1, pixels: FRAME, ...identity } });
    skipped.push((await raw.take("result")).skipped);
  }
  assert.deepEqual(skipped, [0, 0, 3, 3, 3, 3, 3, 5, 5]);
  raw.send({ closeStream: { stream: 1 } });
  const closed = await raw.take("streamClosed");
  assert.deepEqual([closed.results, closed.dropped, closed.missing], [9, 0, 5]);
  raw.close();
});

test("gaps are not told where the ids need not be consecutive", async () => {
  const stream = await client.openStream(OPTIONS);
  for (const id of [1n, 100n, 1000n]) await stream.send(FRAME, undefined, { id });
  await stream.close();
  const answers = (await collect(stream.results())).filter(isResult);
  assert.deepEqual(
    answers.map(({ skipped }) => skipped),
    [0, 0, 0],
  );
});

test("every frame of a camera is a result or skipped, whoever skipped it", async () => {
  const stream = await client.openStream({ ...OPTIONS, latestOnly: true, consecutiveIds: true });
  const first = 2n ** 64n - 1000n;
  let last = first;
  for (let i = 0; i < 300; i++) {
    last = first + BigInt(i + Math.floor(i / 7));
    await stream.send(FRAME, undefined, { id: last });
  }
  await stream.close();
  const results = (await collect(stream.results())).filter(isResult);
  for (const [i, { id, skipped }] of results.entries()) assert.equal(id! - first, BigInt(i + skipped));
  assert.equal(results.at(-1)!.id, last, "the newest frame is never skipped");
});

test("a sequence number that would come back as another ends the connection", async () => {
  for (const sequence of [2 ** 53, 2 ** 64 - 2048]) {
    const raw = await running.raw();
    raw.send(streamRequest());
    await raw.take("streamOpened");
    raw.send({ frame: { stream: 1, sequence, pixels: FRAME } });
    const error = await raw.take("error");
    assert.deepEqual([error.code, error.fatal], ["PROTOCOL_MESSAGE", true]);
    assert.match(error.message, /below 2\^53/);
    assert.equal(await raw.closed, 1008);
  }
});
