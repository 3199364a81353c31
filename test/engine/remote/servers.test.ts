import assert from "node:assert/strict";
import { test } from "node:test";
import { NoAnswer } from "../../../src/engine/remote/no-answer.js";
import { type Clock, NoneReady, Servers } from "../../../src/engine/remote/servers.js";

/** A clock that stands still unless somebody waits. @param chance what random() gives */
function standingClock(chance = 0): Clock & { waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    random: () => chance,
  };
}

const A = { url: "https://a" };
const B = { url: "https://b" };
const quiet = () => undefined;
const fine = async () => undefined;

test("a failed request is sent again after rests that double, by chance up to half shorter", async () => {
  for (const [chance, expected] of [
    [0, [500, 1000, 2000, 4000, 8000, 16_000, 30_000]],
    [1, [250, 500, 1000, 2000, 4000, 8000, 15_000]],
  ] as const) {
    const clock = standingClock(chance);
    const servers = new Servers([A], fine, quiet, clock);
    const fails = servers.use(async () => {
      throw new NoAnswer("connection refused");
    }, true);
    await assert.rejects(fails, {
      code: "ENGINE_SERVER",
      message: /https:\/\/a: expected an answer, found connection refused; it was the last of 8 failures/,
    });
    assert.deepEqual(clock.waits, expected);
  }
});

test("a server's own wish for rest is heeded", async () => {
  const clock = standingClock();
  const servers = new Servers([A], fine, quiet, clock);
  let calls = 0;
  const done = await servers.use(async () => {
    if (calls++ === 0) throw new NoAnswer("status 503", 7_000);
    return "done";
  }, true);
  assert.equal(done, "done");
  assert.deepEqual(clock.waits, [7_000]);
});

test("a success makes the next rest short again", async () => {
  const clock = standingClock();
  const servers = new Servers([A], fine, quiet, clock);
  const failing = (times: number) => {
    let calls = 0;
    return servers.use(async () => {
      if (calls++ < times) throw new NoAnswer("reset");
    }, true);
  };
  await failing(2);
  await failing(1);
  assert.deepEqual(clock.waits, [500, 1000, 500]);
});

test("another server takes over at once, and the failed one comes back after its rest, checked anew", async () => {
  const clock = standingClock();
  const checked: string[] = [];
  const servers = new Servers([A, B], async ({ url }) => void checked.push(url), quiet, clock);
  let broken = true;
  const ask = () =>
    servers.use(async (server) => {
      if (server === A && broken) throw new NoAnswer("reset");
      return server.url;
    }, true);
  assert.equal(await ask(), B.url);
  assert.equal(await ask(), B.url);
  broken = false;
  await clock.wait(500);
  assert.equal(await ask(), A.url);
  assert.deepEqual(checked, [A.url, B.url, A.url]);
});

test("requests are spread over servers by how many each has under way", async () => {
  const servers = new Servers([A, B], fine, quiet, standingClock());
  const asked: string[] = [];
  const releases: (() => void)[] = [];
  const ask = () =>
    servers.use(
      ({ url }) =>
        new Promise<void>((resolve) => {
          asked.push(url);
          releases.push(resolve);
        }),
      true,
    );
  const all = [ask(), ask(), ask(), ask()];
  while (asked.length < 4) await new Promise(setImmediate);
  assert.deepEqual(asked.toSorted(), [A.url, A.url, B.url, B.url]);
  for (const release of releases) release();
  await Promise.all(all);
});

test("requests that fail together make one rest", async () => {
  const clock = standingClock();
  const rests: string[] = [];
  const servers = new Servers([A], fine, (_, reason) => rests.push(reason), clock);
  await servers.use(fine, true);
  let fail: () => void = () => undefined;
  const failed = new Promise<void>((resolve) => {
    fail = resolve;
  });
  let calls = 0;
  const ask = () =>
    servers.use(async () => {
      if (calls++ >= 3) return;
      await failed;
      throw new NoAnswer("reset");
    }, true);
  const all = [ask(), ask(), ask()];
  await new Promise(setImmediate);
  fail();
  await Promise.all(all);
  assert.deepEqual(rests, ["reset"]);
});

test("what is no silence is thrown at once, also by a check", async () => {
  const clock = standingClock();
  const wrong = new Error("other weights");
  const checks = new Servers([A, B], () => Promise.reject(wrong), quiet, clock);
  await assert.rejects(checks.use(fine, true), wrong);
  const works = new Servers([A, B], fine, quiet, clock);
  await assert.rejects(
    works.use(() => Promise.reject(wrong), true),
    wrong,
  );
  assert.deepEqual(clock.waits, []);
});

test("without patience nobody waits while all rest", async () => {
  const clock = standingClock();
  const servers = new Servers([A, B], fine, quiet, clock);
  const asked: string[] = [];
  const ask = () =>
    servers.use(async ({ url }) => {
      asked.push(url);
      throw new NoAnswer("reset");
    }, false);
  await assert.rejects(ask(), NoneReady);
  await assert.rejects(ask(), NoneReady);
  assert.deepEqual(asked, [A.url, B.url]);
  assert.deepEqual(clock.waits, []);
});
