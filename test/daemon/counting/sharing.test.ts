import assert from "node:assert/strict";
import { after, test } from "node:test";
import { WIRE_LIMITS } from "../../../src/base/limits.js";
import type { DaemonClient, FrameAnswer } from "../../../src/protocol/client.js";
import { collect } from "../../support/collect.js";
import { runDaemon, streamRequest } from "../../support/daemon.js";
import { randomSource } from "../../support/random.js";

const { raw, connect } = await runDaemon({ after });
const clients = await Promise.all(Array.from({ length: 5 }, connect));
after(() => Promise.all(clients.map((client) => client.close())).then(() => undefined));
const client = clients[4]!;

function noise(side: number, seed = 1): Uint8Array {
  const random = randomSource(seed);
  return Uint8Array.from({ length: side * side }, () => random.below(256));
}

test("credits: no more than announced are ever under way, and they come back", async () => {
  for (const side of [8, 64, 300]) {
    const stream = await raw();
    stream.send(streamRequest({ width: side, height: side }));
    const { credits } = await stream.take("streamOpened");
    assert.ok(credits >= WIRE_LIMITS.minCredits && credits <= WIRE_LIMITS.maxCredits);
    const pixels = noise(side);
    let [free, granted, sent, answered] = [credits, credits, 0, 0];
    while (answered < 4 * credits) {
      for (; free > 0 && sent < 4 * credits; free--, sent++) {
        stream.send({ frame: { stream: 1, sequence: sent, pixels } });
      }
      const message = await stream.next();
      if (message.result) assert.equal(message.result.sequence, answered++);
      if (message.credit) {
        free += message.credit.credits;
        granted += message.credit.credits;
      }
      assert.ok(granted - answered <= credits, `${granted} granted, ${answered} answered`);
    }
    stream.send({ listModels: {} });
    for (let message = await stream.next(); !message.modelList; message = await stream.next()) {
      granted += message.credit!.credits;
    }
    assert.ok(granted <= sent + credits && granted > sent + credits / 2, "fewer than half are held back");
    stream.close();
  }
});

test("a client that does not read stops being read, so that the daemon's memory stays bounded; nothing is lost", async () => {
  const silent = await raw();
  silent.socket.pause();
  // The refusal of a path that is not absolute repeats it: an answer as long as the request.
  const path = "x".repeat(200_000);
  const requests = 1_000;
  for (let request = 1; request <= requests; request++) silent.send({ installModel: { request, path } });
  // The daemon works for others meanwhile; when it has read nothing over many of their rounds, it has stopped.
  let unsent = -1;
  for (let rounds = 0; rounds < 20; rounds++) {
    if (silent.socket.bufferedAmount !== unsent) rounds = 0;
    unsent = silent.socket.bufferedAmount;
    await client.listModels();
  }
  assert.ok(unsent > 0.4 * requests * path.length, `${unsent} bytes were not taken`);
  silent.socket.resume();
  for (let request = 1; request <= requests; request++) {
    const error = await silent.take("error");
    assert.deepEqual([error.code, error.request], ["INPUT_OPTION", request]);
  }
  silent.close();
});

test("latest-only: the newest of frames that arrive together is counted, older ones are dropped at once", async () => {
  const stream = await raw();
  stream.send(streamRequest({ width: 1024, height: 1024, latestOnly: true }));
  const { credits } = await stream.take("streamOpened");
  const pixels = noise(1024);
  for (let sequence = 0; sequence < credits; sequence++)
    stream.send({ frame: { stream: 1, sequence, pixels } });
  const answers: string[] = [];
  while (answers.length < credits) {
    const { result, dropped } = await stream.next();
    if (result) answers.push(`result ${result.sequence}`);
    if (dropped) answers.push(`dropped ${dropped.sequence}`);
  }
  assert.equal(answers.at(-1), `result ${credits - 1}`);
  assert.equal(new Set(answers.map((answer) => answer.split(" ")[1])).size, credits);
  stream.close();
});

test("latest-only: send never waits, each frame is answered once, and the last is counted", async () => {
  const side = 512;
  const stream = await client.openStream({ width: side, height: side, pixelType: "uint8", latestOnly: true });
  const answers = collect(stream.results());
  const pixels = noise(side);
  const frames = 60;
  for (let i = 0; i < frames; i++) {
    await stream.send(pixels);
    if (i % 10 === 0) await new Promise(setImmediate);
  }
  await stream.close();
  const kinds = new Map<number, FrameAnswer["kind"]>(
    (await answers).map(({ sequence, kind }) => [sequence, kind]),
  );
  assert.equal((await answers).length, frames);
  assert.equal(kinds.size, frames);
  assert.equal(kinds.get(frames - 1), "result");
  assert.ok([...kinds.values()].includes("dropped"));
});

test("latest-only: results keep coming while others keep the engine busy", async () => {
  const busy = await Promise.all(clients.slice(0, 2).map((other) => keepBusy(other, 128)));
  const side = 256;
  const stream = await client.openStream({ width: side, height: side, pixelType: "uint8", latestOnly: true });
  const answers = stream.results();
  for (let i = 0; i < 10; i++) {
    await stream.send(noise(side, i));
    const { value } = await answers.next();
    assert.equal(value!.kind, "result");
    assert.equal(value!.sequence, i);
  }
  await stream.close();
  for (const other of busy) assert.ok((await other.stop()) > 0);
});

/** A client that sends frames as fast as it is let until it is stopped. */
async function keepBusy(by: DaemonClient, side: number) {
  const stream = await by.openStream({ width: side, height: side, pixelType: "uint8" });
  const pixels = noise(side);
  let [frames, stopped] = [0, false];
  let wake: () => void = () => undefined;
  const sending = (async () => {
    while (!stopped) await stream.send(pixels);
    await stream.close();
  })();
  const counting = (async () => {
    for await (const { kind } of stream.results()) {
      assert.equal(kind, "result");
      frames++;
      wake();
    }
  })();
  return {
    frames: () => frames,
    nextResult: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    stop: async () => {
      stopped = true;
      await sending;
      await counting;
      return frames;
    },
  };
}
