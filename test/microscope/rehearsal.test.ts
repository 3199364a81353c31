import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedPlan, framesOf, rehearse, WAYS, wayOf } from "../../src/microscope/rehearsal.js";
import { rehearsalPage } from "../../src/microscope/rehearsal-page.js";
import { secondsCsv, summaryCsv } from "../../src/microscope/rehearsal-tables.js";

const PLAN = checkedPlan({ disturbedAt: 40, seed: 5 }, { setPoint: 10, output: 3 }, 80);

test("PI on the true count holds the set point, also after the light has lost effect; constant light does not", async () => {
  let frames = 0;
  // A way whose count is always wrong by a factor: what is held is the reading, not the truth.
  const ways = await rehearse(PLAN, new Map([["blind", async () => 10]]), { onFrame: () => frames++ });
  assert.equal(frames, framesOf(PLAN, 1));
  assert.deepEqual(
    ways.map(({ name }) => name),
    [WAYS.manual, WAYS.truth, wayOf("blind")],
  );
  const [manual, truth] = [ways[0]!, ways[1]!];
  assert.ok(truth.quality.settling! < 10, `${truth.quality.settling}`);
  assert.ok(truth.settlingAgain! < 10, `${truth.settlingAgain}`);
  assert.ok(Math.abs(truth.quality.steadyError) < 0.05, `${truth.quality.steadyError}`);
  assert.ok(truth.quality.outside < 0.15, `${truth.quality.outside}`);
  // 0.4 of the light's effect leaves about 4 of 10 molecules.
  const dimmed = manual.seconds.count.slice(45).reduce((sum, value) => sum + value, 0) / 35;
  assert.ok(Math.abs(dimmed - 4) < 1, `${dimmed}`);
  assert.equal(manual.settlingAgain, undefined);
  assert.equal(manual.seconds.time.length, 80);
  const page = rehearsalPage(PLAN, ways);
  for (const { name } of ways) assert.ok(page.includes(name));
  assert.equal(page.match(/<svg /g)?.length, 2);
  assert.equal(summaryCsv(ways).trimEnd().split("\n").length, 4);
  assert.equal(secondsCsv(ways).trimEnd().split("\n").length, 1 + 3 * 80);
});

test("a rehearsal ends when it is cancelled", async () => {
  const cancel = new AbortController();
  const onFrame = () => cancel.abort();
  await assert.rejects(rehearse(PLAN, new Map(), { signal: cancel.signal, onFrame }), { code: "CANCELLED" });
});
