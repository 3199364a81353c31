import assert from "node:assert/strict";
import { test } from "node:test";
import { type Archive, type Cluster, type Costs, simulateCluster } from "../../../bench/scale/cluster.js";
import { estimate } from "../../../bench/scale/paper.js";

const COSTS: Costs = { start: 2, engine: 0.08, read: 0.01, write: 0.01, join: 0.02, dispatch: 0 };
const ARCHIVE: Archive = { stacks: 8, frames: 1000, frameBytes: 1e5, mapBytes: 2e5, shards: 1 };
const FAST: Omit<Cluster, "workers"> = { storageBytes: 1e15, streamBytes: 1e12 };
/** The simulation's jobs take longer or shorter by chance: so much of the sum of many. */
const CHANCE = 0.03;

function assertNear(found: number, expected: number, share = CHANCE): void {
  assert.ok(Math.abs(found / expected - 1) < share, `${found}, expected ${expected}`);
}

test("one worker takes the sum of all work, and rounds count whole", () => {
  // 8 × (2 s + 1000 × 0.1 s).
  const one = simulateCluster(COSTS, ARCHIVE, { workers: 1, ...FAST }, 1);
  assertNear(one.seconds, 816);
  assertNear(one.cores, 1);
  assertNear(simulateCluster(COSTS, ARCHIVE, { workers: 8, ...FAST }, 1).seconds, 102, 0.06);
  // With 3 workers for 8 stacks, a third round has two.
  assertNear(simulateCluster(COSTS, ARCHIVE, { workers: 3, ...FAST }, 1).seconds, 306, 0.06);
  // A thousand workers help no more than eight: there are eight stacks.
  assertNear(simulateCluster(COSTS, ARCHIVE, { workers: 1000, ...FAST }, 1).seconds, 102, 0.06);
});

test("storage that is slower than all workers gives the time, and they wait", () => {
  const archive = { ...ARCHIVE, stacks: 400 };
  // 400,000 frames of 100 kB at 10 MB/s: 4,000 s; maps of 200 kB: 8,000 s.
  const run = simulateCluster(COSTS, archive, { workers: 200, storageBytes: 1e7, streamBytes: 1e6 }, 1);
  assertNear(run.seconds, 8000, 0.05);
  assertNear(run.writing, 1, 0.05);
  assertNear(run.reading, 0.5, 0.05);
  assert.ok(run.cores < 0.06);
});

test("jobs that are handed out slower than they are done give the time", () => {
  const archive = { ...ARCHIVE, stacks: 500, frames: 100 };
  // 500 jobs of 12 s on 500 workers, one handed out every 3 s.
  const run = simulateCluster({ ...COSTS, dispatch: 3 }, archive, { workers: 500, ...FAST }, 1);
  assertNear(run.seconds, 1512);
  assertNear(run.dispatching, 1500 / 1512);
});

test("a run is the same with the same seed, and another with another", () => {
  const run = (seed: number) => simulateCluster(COSTS, ARCHIVE, { workers: 3, ...FAST }, seed).seconds;
  assert.equal(run(5), run(5));
  assert.notEqual(run(5), run(6));
});

test("the estimate names what holds up, and is the simulation's within a tenth", () => {
  for (const [archive, cluster, limit] of [
    [{ ...ARCHIVE, stacks: 400 }, { workers: 8, ...FAST }, "engine"],
    [ARCHIVE, { workers: 100, ...FAST }, "too few parts"],
    [{ ...ARCHIVE, shards: 25 }, { workers: 4, ...FAST }, "engine"],
    [{ ...ARCHIVE, stacks: 400 }, { workers: 200, storageBytes: 1e7, streamBytes: 1e6 }, "writing"],
    [
      { ...ARCHIVE, stacks: 400, frameBytes: 1e6 },
      { workers: 200, storageBytes: 1e8, streamBytes: 1e7 },
      "reading",
    ],
  ] as const) {
    const paper = estimate(COSTS, archive, cluster);
    assert.equal(paper.limit, limit);
    assertNear(simulateCluster(COSTS, archive, cluster, 2).seconds, paper.seconds, 0.1);
  }
});

test("what a frame costs has the start of runs, the frames before shards, and the joining in it", () => {
  const { coreSeconds } = estimate(COSTS, { ...ARCHIVE, shards: 10 }, { workers: 1, ...FAST });
  // 80 runs of 2 s + 15.5 × 0.09 s + 100 × 0.1 s, and 8 joins of 2 s + 1000 × 0.02 s, for 8,000 frames.
  assert.ok(Math.abs(coreSeconds - (80 * (2 + 1.395 + 10) + 8 * 22) / 8000) < 1e-12);
});
