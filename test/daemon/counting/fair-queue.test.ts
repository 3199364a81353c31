import assert from "node:assert/strict";
import { test } from "node:test";
import { FairQueue, type Source } from "../../../src/daemon/counting/fair-queue.js";
import { randomSource } from "../../support/random.js";

interface Worker extends Source {
  waiting: number;
  /** Cost served so far. */
  served: number;
}

const LIMIT = { pieces: 16, cost: 65_536 };

function worker(cost: number, batchKey = `key ${cost}`, waiting = 0): Worker {
  return { cost, batchKey, waiting, served: 0 };
}

/** Serves one batch and returns it. */
function serve(queue: FairQueue<Worker>, limit = LIMIT): Map<Worker, number> {
  const batch = queue.next(limit);
  for (const [source, count] of batch) {
    assert.ok(count <= source.waiting, "no more is taken than waits");
    source.waiting -= count;
    source.served += count * source.cost;
  }
  return batch;
}

/** Most that two sources that always have work may be apart: a batch of each (Goyal, Vin and Cheng, theorem 1). */
function bound(a: Worker, b: Worker): number {
  return Math.max(LIMIT.cost, a.cost) + Math.max(LIMIT.cost, b.cost);
}

test("sources that always have work get equal shares, whatever the sizes of their frames", () => {
  const random = randomSource(3);
  for (let round = 0; round < 60; round++) {
    const queue = new FairQueue<Worker>();
    // Some share a key, and so their size: they can go in one batch.
    const sizes = Array.from({ length: 2 + random.below(3) }, () => 2 ** (4 + random.below(18)));
    const sources = Array.from({ length: 2 + random.below(5) }, () =>
      worker(sizes[random.below(sizes.length)]!),
    );
    for (const source of sources) {
      source.waiting = 1 + random.below(32);
      queue.notify(source);
    }
    for (let i = 0; i < 300; i++) {
      serve(queue);
      for (const source of sources) {
        if (source.waiting === 0 || random.below(3) === 0) {
          source.waiting += 1 + random.below(20);
          queue.notify(source);
        }
      }
      for (const a of sources)
        for (const b of sources) {
          assert.ok(Math.abs(a.served - b.served) <= bound(a, b), `round ${round}: ${a.served} ${b.served}`);
        }
    }
  }
});

test("a source of large frames that asks for one at a time gets no more than its share", () => {
  const queue = new FairQueue<Worker>();
  const [large, small] = [worker(1_000_000), worker(1_000)];
  for (let i = 0; i < 4_000; i++) {
    for (const source of [large, small]) {
      source.waiting = source === large ? 1 : 50;
      queue.notify(source);
    }
    serve(queue);
  }
  assert.ok(Math.abs(large.served - small.served) <= bound(large, small), `${large.served} ${small.served}`);
});

test("a source that was idle for long gets no more than its share afterwards", () => {
  const queue = new FairQueue<Worker>();
  const [busy, idle] = [worker(1000, "a", 1e6), worker(1000, "b", 1)];
  queue.notify(busy);
  queue.notify(idle);
  for (let i = 0; i < 1000; i++) serve(queue);
  assert.equal(idle.served, 1000);
  const before = busy.served;
  idle.waiting = 1e6;
  queue.notify(idle);
  for (let i = 0; i < 100; i++) serve(queue);
  assert.ok(Math.abs(busy.served - before - (idle.served - 1000)) <= bound(busy, idle));
});

test("a new source is served within a batch of each other one", () => {
  const queue = new FairQueue<Worker>();
  const old = Array.from({ length: 5 }, (_, i) => worker(4096, `old ${i}`, 1e6));
  for (const source of old) queue.notify(source);
  for (let i = 0; i < 77; i++) serve(queue);
  const late = worker(4096, "late", 1);
  queue.notify(late);
  for (let i = 0; i <= old.length; i++) serve(queue);
  assert.equal(late.waiting, 0);
});

test("a batch holds frames of one key only and stays within its limits", () => {
  const random = randomSource(4);
  const queue = new FairQueue<Worker>();
  const sources = Array.from({ length: 8 }, (_, i) => worker(2 ** (8 + 2 * (i % 4)), `key ${i % 4}`));
  let full = 0;
  for (let i = 0; i < 2000; i++) {
    for (const source of sources) {
      source.waiting += random.below(4);
      if (source.waiting > 0) queue.notify(source);
    }
    const batch = [...serve(queue)];
    if (batch.length === 0) continue;
    assert.equal(new Set(batch.map(([source]) => source.batchKey)).size, 1);
    const pieces = batch.reduce((sum, [, count]) => sum + count, 0);
    const cost = batch.reduce((sum, [source, count]) => sum + count * source.cost, 0);
    assert.ok(pieces <= LIMIT.pieces && cost <= LIMIT.cost, `${pieces} pieces, cost ${cost}`);
    if (pieces === LIMIT.pieces || cost === LIMIT.cost) full++;
  }
  assert.ok(full > 100, "batches are filled where work waits");
});

test("a frame above the limit of a batch goes alone", () => {
  const queue = new FairQueue<Worker>();
  const huge = worker(LIMIT.cost * 9, "huge", 3);
  queue.notify(huge);
  assert.deepEqual([...serve(queue).values()], [1]);
});

test("nobody is served before a source whose turn it is and that is not ready", () => {
  const queue = new FairQueue<Worker>();
  const [first, second] = [worker(10, "a", 1), worker(10, "b", 1)];
  queue.notify(first);
  queue.notify(second);
  assert.equal(queue.next(LIMIT, (source) => source !== first).size, 0);
  assert.deepEqual([...serve(queue).keys()], [first]);
  assert.deepEqual([...serve(queue).keys()], [second]);
});

test("a removed source is served no more, and an empty queue gives an empty batch", () => {
  const queue = new FairQueue<Worker>();
  const source = worker(10, "a", 5);
  queue.notify(source);
  queue.remove(source);
  assert.equal(serve(queue).size, 0);
});

test("a client with many streams gets the share of one", () => {
  const queue = new FairQueue<Worker>();
  const alone = worker(4_096, "alone", 1);
  const many = Array.from({ length: 5 }, (_, i) => ({ ...worker(4_096, `many ${i}`, 1), sharers: 5 }));
  for (let round = 0; round < 600; round++) {
    for (const source of [alone, ...many]) {
      source.waiting = 20;
      queue.notify(source);
    }
    serve(queue);
  }
  const together = many.reduce((sum, { served }) => sum + served, 0);
  // Five times a batch's cost is how far ahead each of the five may be, and a batch the one alone.
  assert.ok(Math.abs(alone.served - together) <= 6 * LIMIT.cost, `${alone.served} ${together}`);
  assert.ok(alone.served > 1e7);
});
