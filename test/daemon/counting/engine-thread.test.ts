import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { Worker } from "node:worker_threads";
import { STOP } from "../../../src/base/worker-messages.js";
import type { ClientStream, FrameAnswer } from "../../../src/protocol/client.js";
import { collect } from "../../support/collect.js";
import { runDaemon, streamRequest } from "../../support/daemon.js";

/** A message to the engine's thread, as far as it is looked at here. */
interface Message {
  kind?: string;
  batch?: { pixels: Uint8Array };
}

/** Whether the engine's thread is to end instead of doing what a message asks. */
let isDeadly: (message: Message) => boolean = () => false;
let deaths = 0;

// The thread ends within the call, as one that is out of memory does.
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (this: Worker, ...[message, transfer]: Parameters<typeof post>) {
  if (isDeadly(message as Message)) {
    deaths++;
    post.call(this, STOP);
  }
  post.call(this, message, transfer as ArrayBuffer[]);
};
after(() => {
  Worker.prototype.postMessage = post;
});
beforeEach(() => {
  isDeadly = () => false;
  deaths = 0;
});

const { connect, raw } = await runDaemon({ after });
const [client, other] = [await connect(), await connect()];
after(async () => {
  await client.close();
  await other.close();
});

const SMALL = { width: 24, height: 16, pixelType: "uint8" } as const;
/** Counted in two tiles. */
const LARGE = { width: 1300, height: 1260, pixelType: "uint8" } as const;
/** No pixel has this value but those of a frame that no thread survives. */
const POISON = 255;

function frame({ width, height }: { width: number; height: number }, seed = 0): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => ((i + seed) * 7919) % 251);
}

/** Ends the thread at the message of that kind and number, counted from 1. */
function dieAt(kind: string, number: number): void {
  let seen = 0;
  isDeadly = (message) => message.kind === kind && ++seen === number;
}

function kindOf(answer: FrameAnswer): string {
  return answer.kind === "error" ? answer.error.code : answer.kind;
}

async function answersOf(stream: ClientStream, frames: readonly Uint8Array[]): Promise<FrameAnswer[]> {
  await Promise.all(frames.map((pixels) => stream.send(pixels)));
  await stream.close();
  return collect(stream.results());
}

test("where the engine's thread dies with a frame, that frame has an error, and the next ones count as before", async () => {
  const stream = await client.openStream(SMALL);
  const answers = stream.results();
  const counts: number[] = [];
  for (const isLast of [false, true, false]) {
    if (isLast) dieAt("predict", 1);
    await stream.send(frame(SMALL));
    const { value } = await answers.next();
    assert.equal(kindOf(value!), isLast ? "ENGINE_FAILED" : "result");
    if (value!.kind === "result") counts.push(value!.count);
    if (value!.kind === "error") assert.match(value!.error.message, /the engine's thread ended/);
  }
  assert.equal(deaths, 1);
  assert.equal(counts[0], counts[1]);
  await stream.close();
});

test("where it dies with a batch, each of its frames is counted by itself by the next thread", async () => {
  const streams = [await client.openStream(SMALL), await other.openStream(SMALL)];
  dieAt("predict", 1);
  const frames = Array.from({ length: 12 }, (_, i) => frame(SMALL, i));
  const answers = await Promise.all(streams.map((stream) => answersOf(stream, frames)));
  assert.equal(deaths, 1);
  for (const all of answers) {
    assert.deepEqual(
      all.map(({ sequence }) => sequence),
      frames.map((_, i) => i),
    );
    // The first batch may be a single frame, which then has the error.
    assert.ok(all.filter((answer) => kindOf(answer) !== "result").length <= 1, all.map(kindOf).join());
  }
});

test("a frame that every thread dies with is the only one that is refused", async () => {
  const stream = await client.openStream(SMALL);
  isDeadly = ({ kind, batch }) => kind === "predict" && batch!.pixels.includes(POISON);
  const frames = Array.from({ length: 9 }, (_, i) => frame(SMALL, i));
  frames[4]![100] = POISON;
  const kinds = (await answersOf(stream, frames)).map(kindOf);
  assert.ok(deaths > 0);
  assert.deepEqual(
    kinds,
    frames.map((_, i) => (i === 4 ? "ENGINE_FAILED" : "result")),
  );
});

test("where it dies between the tiles of a large frame, that frame has an error; others, and the next large one, are counted", async () => {
  const [large, small] = [await raw(), await other.openStream(SMALL)];
  large.send(streamRequest({ width: LARGE.width, height: LARGE.height }));
  await large.take("streamOpened");
  dieAt("continue", 2);
  const pixels = frame(LARGE);
  large.send({ frame: { stream: 1, sequence: 1, pixels } });
  large.send({ frame: { stream: 1, sequence: 2, pixels } });
  const { code, sequence, aboutFrame } = await large.take("error");
  assert.deepEqual([code, sequence, aboutFrame, deaths], ["ENGINE_FAILED", 1, true, 1]);
  assert.deepEqual((await answersOf(small, [frame(SMALL)])).map(kindOf), ["result"]);
  const second = await large.take("result");
  large.send({ frame: { stream: 1, sequence: 3, pixels } });
  const third = await large.take("result");
  assert.deepEqual([second.sequence, third.sequence, third.count], [2, 3, second.count]);
  large.close();
});

test("where it dies while it reads a model, that stream is refused, and can be opened again", async () => {
  dieAt("load", 1);
  await assert.rejects(client.openStream(SMALL), { code: "ENGINE_FAILED" });
  const stream = await client.openStream(SMALL);
  assert.deepEqual((await answersOf(stream, [frame(SMALL)])).map(kindOf), ["result"]);
});
