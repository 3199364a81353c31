import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FrameAnswer } from "../../../src/protocol/client.js";
import { collect } from "../../support/collect.js";
import { runDaemon } from "../../support/daemon.js";
import { SHIPPED_MODEL } from "../../support/oracle.js";
import { spotStack } from "../../support/spot-frames.js";

const FRAMES = 68;
const { connect } = await runDaemon({ after });
const client = await connect();
after(() => client.close());
const stack = spotStack();
const two = await Promise.all([0, 1].map((index) => stack.pixels(index)));

/** Counts two frames in turns, and returns what is told of each. */
async function alternating(options: {
  unrelated?: boolean;
}): Promise<Extract<FrameAnswer, { kind: "result" }>[]> {
  const { width, height } = stack;
  const stream = await client.openStream({
    model: SHIPPED_MODEL,
    width,
    height,
    pixelType: "float32",
    ...options,
  });
  const answers = collect(stream.results());
  for (let i = 0; i < FRAMES; i++) await stream.send(two[i % 2]!);
  await stream.close();
  return (await answers).map((answer) => {
    assert.ok(answer.kind === "result");
    return answer;
  });
}

test("unrelated frames are each judged by themselves: equal frames are told the same", async () => {
  const answers = await alternating({ unrelated: true });
  assert.equal(answers.length, FRAMES);
  for (const [i, { certainty }] of answers.entries()) assert.deepEqual(certainty, answers[i % 2]!.certainty);
});

test("in a recording, the 65th frame is judged, and its judgement holds for those that follow", async () => {
  const answers = await alternating({});
  for (const [i, { certainty }] of answers.slice(0, 65).entries()) {
    assert.deepEqual(certainty, answers[i % 2]!.certainty);
  }
  const judged = answers[64]!;
  assert.notEqual(answers[1]!.certainty!.away, judged.certainty!.away);
  for (const { count, certainty } of answers.slice(65)) {
    assert.equal(certainty!.away, judged.certainty!.away);
    const expected = judged.certainty!.countError * Math.sqrt((0.02 + count) / (0.02 + judged.count));
    assert.ok(Math.abs(certainty!.countError - expected) < 1e-9 * expected);
  }
});
