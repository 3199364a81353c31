import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { type LearntFrame, learnCertainty } from "../../src/calibrate/learn-certainty.js";
import { judgeSigns } from "../../src/certainty/certainty.js";
import { SIGNS } from "../../src/certainty/frame-signs.js";
import { KINDS } from "../../src/certainty/kinds.js";

/** Frames whose errors are normal, of a deviation that one sign gives, and whose kind another one shows. */
function frames(count: number, seed: number): LearntFrame[] {
  const random = new Random(seed, "frames");
  return Array.from({ length: count }, () => {
    const signs = Float64Array.from({ length: SIGNS.length }, () => random.normal());
    const kind = random.uniform() < 0.8 ? KINDS[0] : KINDS[1 + random.below(KINDS.length - 1)]!;
    signs[5] = 4 * KINDS.indexOf(kind) + random.normal();
    const scale = Math.exp(0.8 * signs[3]!);
    return {
      ...{ kind, signs, count: 100, maxLocalCount: 4 },
      countError: Math.abs(10 * scale * random.normal()),
      maxLocalCountError: Math.abs(0.2 * scale * random.normal()),
    };
  });
}

const certainty = await learnCertainty(frames(3_000, 1), { trainedOn: {}, seed: 1 });

test("learns how errors grow with a sign, within what was asked on frames not seen", () => {
  const fresh = frames(2_000, 2).filter(({ kind }) => kind === "usual");
  const judged = fresh.map((frame) => ({ frame, said: judgeSigns(certainty, frame.signs, frame) }));
  for (const high of [false, true]) {
    const part = judged.filter(({ frame }) => frame.signs[3]! > 0.5 === high);
    const within = (times: number) =>
      part.filter(({ frame, said }) => frame.countError <= times * said.countError).length / part.length;
    // 68.3 and 95.4 of 100 for normal errors; some hundred frames, and a scale that is learnt.
    assert.ok(Math.abs(within(1) - 0.683) < 0.08, `${within(1)}`);
    assert.ok(Math.abs(within(2) - 0.954) < 0.05, `${within(2)}`);
  }
});

test("learns to tell kinds, with few usual frames among those it calls otherwise", () => {
  const called = (isUsual: boolean) => {
    const some = frames(2_000, 3).filter(({ kind }) => (kind === "usual") === isUsual);
    return (
      some.filter((frame) => judgeSigns(certainty, frame.signs, frame).unlike !== "").length / some.length
    );
  };
  assert.ok(called(true) < 0.05, `${called(true)}`);
  assert.ok(called(false) > 0.9, `${called(false)}`);
});

test("the same frames and seed give the same numbers; a signal ends it", async () => {
  const some = frames(300, 4);
  const options = { trainedOn: {}, seed: 5 };
  assert.deepEqual(await learnCertainty(some, options), await learnCertainty(some, options));
  await assert.rejects(learnCertainty(some, { ...options, signal: AbortSignal.abort() }), {
    code: "CANCELLED",
  });
});
