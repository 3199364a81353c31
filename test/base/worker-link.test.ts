import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { EngineError, InputError } from "../../src/base/errors.js";
import { WorkerLink } from "../../src/base/worker-link.js";
import type { Request } from "../support/answering-worker.js";

function link(context: TestContext, added = 1): WorkerLink<Request, Float32Array, string> {
  const script = new URL("../support/answering-worker.js", import.meta.url);
  const started = new WorkerLink<Request, Float32Array, string>(
    script,
    added,
    (found) => new EngineError("ENGINE_FAILED", { subject: "the thread ended", found }),
  );
  context.after(() => started.terminate());
  return started;
}

test("requests are answered in their order, each with its own events, and what a worker is started with is known", async (context) => {
  const worker = link(context, 0.5);
  const events: string[] = [];
  const answers = await Promise.all(
    [1, 2, 3].map((value) =>
      worker.ask({ kind: "add", values: Float32Array.of(value) }, [], (event) => {
        events.push(`${value} ${event}`);
      }),
    ),
  );
  assert.deepEqual(
    answers.map(([value]) => value),
    [1.5, 2.5, 3.5],
  );
  assert.deepEqual(events, ["1 adds 0.5", "2 adds 0.5", "3 adds 0.5"]);
});

test("requests that may be worked on together are, as many as may, and are answered in their order", async (context) => {
  const worker = link(context);
  const order: number[] = [];
  const asked = [1, 2, 3].map(async (rank) => {
    const [found, most] = await worker.ask({ kind: "meet", rank });
    order.push(found!);
    return most;
  });
  const alone = worker.ask({ kind: "look around" });
  assert.deepEqual(await Promise.all(asked), [2, 2, 2]);
  assert.deepEqual(order, [1, 2, 3]);
  assert.deepEqual(await alone, Float32Array.of(0));
});

test("a buffer that is transferred leaves this thread", async (context) => {
  const values = Float32Array.of(4, 5);
  const [first, second] = await link(context).ask({ kind: "add", values }, [values.buffer]);
  assert.equal(values.byteLength, 0);
  assert.deepEqual([first, second], [5, 6]);
});

test("an error keeps its class, code and parts, and the worker goes on", async (context) => {
  const worker = link(context);
  await assert.rejects(worker.ask({ kind: "refuse" }), (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.deepEqual(
      [error.code, error.trouble],
      ["INPUT_SIZE", { subject: "frame 3", found: "nothing", advice: "Look at it." }],
    );
    return true;
  });
  assert.deepEqual([...(await worker.ask({ kind: "add", values: Float32Array.of(1) }))], [2]);
  assert.equal(worker.isLost, false);
});

test("a worker that dies fails all requests under way, and later ones", async (context) => {
  const worker = link(context);
  const asked = [worker.ask({ kind: "die" }), worker.ask({ kind: "add", values: Float32Array.of(1) })];
  for (const request of asked) {
    await assert.rejects(request, { code: "ENGINE_FAILED", message: /the thread ended: found exit code 7/ });
  }
  assert.equal(worker.isLost, true);
  await assert.rejects(worker.ask({ kind: "refuse" }), { code: "ENGINE_FAILED" });
});

test("a request that cannot be sent fails alone", async (context) => {
  const worker = link(context);
  const values = Float32Array.of(1);
  const buffer = new ArrayBuffer(8);
  await assert.rejects(worker.ask({ kind: "add", values }, [buffer, buffer]), { name: "DataCloneError" });
  assert.deepEqual([...(await worker.ask({ kind: "add", values }))], [2]);
});

test("cancel lets the work under way answer", async (context) => {
  const worker = link(context);
  const answer = await worker.ask({ kind: "wait until cancelled" }, [], () => worker.cancel());
  assert.equal(answer.length, 0);
});

test("stop fails requests under way with its reason and ends the thread", async (context) => {
  const worker = link(context);
  let stopped: Promise<void> | undefined;
  const asked = worker.ask({ kind: "wait until cancelled" }, [], () => {
    stopped = worker.stop("closed for today");
  });
  await assert.rejects(asked, { code: "ENGINE_FAILED", message: /found closed for today/ });
  await stopped;
  assert.equal(worker.isLost, true);
});

for (const end of ["stop", "terminate"] as const) {
  test(`${end} waits for the thread's end, also when an answer is on its way`, async (context) => {
    const worker = link(context);
    const asked = worker.ask({ kind: "add", values: Float32Array.of(1) });
    const failed = assert.rejects(asked, { code: "ENGINE_FAILED" });
    await (end === "stop" ? worker.stop("closed for today") : worker.terminate());
    await failed;
    await assert.rejects(worker.ask({ kind: "refuse" }), { code: "ENGINE_FAILED" });
  });
}

test("a worker that takes more memory than it may is lost, and the program goes on", async () => {
  const greedy = `import { parentPort } from "node:worker_threads";
    parentPort.on("message", () => { for (const all = []; ; ) all.push(new Array(100_000).fill(all.length)); });`;
  const worker = new WorkerLink<string, never>(
    new URL(`data:text/javascript,${encodeURIComponent(greedy)}`),
    undefined,
    (found) => new EngineError("ENGINE_FAILED", { subject: "the thread ended", found }),
    { maxOldGenerationSizeMb: 32 },
  );
  await assert.rejects(worker.ask("take all"), { code: "ENGINE_FAILED", message: /memory limit/ });
  assert.ok(worker.isLost);
});
