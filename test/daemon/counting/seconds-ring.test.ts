import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../src/base/random.js";
import { RecentValues } from "../../../src/daemon/counting/recent-values.js";
import { REMEMBERED_SECONDS, SecondsRing } from "../../../src/daemon/counting/seconds-ring.js";

test("what comes in the last minutes is kept by seconds, whatever comes when", () => {
  const random = new Random(1, "seconds");
  const ring = new SecondsRing(["frames", "most"]);
  const all = new Map<number, { frames: number; most: number }>();
  let now = 1_800_000_000;
  for (let i = 0; i < 3000; i++) {
    // Mostly within a second or the next, at times after a pause that is longer than what is kept.
    now += random.below(3) * (random.below(200) === 0 ? 400 : 1);
    const [frames, most] = [1 + random.below(9), random.below(100)];
    ring.add(now, "frames", frames);
    ring.raise(now, "most", most);
    const before = all.get(now) ?? { frames: 0, most: 0 };
    all.set(now, { frames: before.frames + frames, most: Math.max(before.most, most) });
    if (i % 50 !== 0) continue;
    const after = now - random.below(2 * REMEMBERED_SECONDS);
    const kept = [...all].filter(
      ([second]) => second > after && second > now - REMEMBERED_SECONDS && second < now,
    );
    assert.deepEqual(ring.rows(after, now), {
      second: kept.map(([second]) => second),
      frames: kept.map(([, values]) => values.frames),
      most: kept.map(([, values]) => values.most),
    });
    const recent = [1, 2, 3].map((before) => all.get(now - before)?.frames ?? 0);
    assert.equal(
      ring.recent(now, "frames", 3),
      recent.reduce((sum, value) => sum + value, 0),
    );
  }
});

test("the median is that of the latest values alone", () => {
  const recent = new RecentValues(4);
  assert.equal(recent.median(), null);
  const expected = [
    [9, 9],
    [1, 9],
    [2, 2],
    [3, 3],
    [4, 3],
    [8, 4],
  ] as const;
  for (const [value, median] of expected) {
    recent.add(value);
    assert.equal(recent.median(), median);
  }
});
