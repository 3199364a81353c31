import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameCertainty } from "../../src/certainty/frame-certainty.js";
import { type CountedRange, RecordingCertainty } from "../../src/predict/recording-certainty.js";

const FRAME: CountedRange = { count: 20, maxLocalCount: 3, least: 100, most: 500 };
const JUDGED: FrameCertainty = { countError: 2, maxLocalCountError: 0.5, away: 0.1, unlike: "a reason" };
const RECORDING = 7;

/** Counts frames of one kind and tells which ones were judged by themselves. */
function judgedOf(
  certainty: RecordingCertainty,
  frames: Iterable<number>,
  counted: (index: number) => CountedRange = () => FRAME,
): number[] {
  const judged: number[] = [];
  for (const index of frames) {
    certainty.of(RECORDING, index, counted(index), () => {
      judged.push(index);
      return JUDGED;
    });
  }
  return judged;
}

function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, i) => i);
}

test("the first 64 frames are judged, then one in 32", () => {
  const judged = judgedOf(new RecordingCertainty(), upTo(200));
  assert.deepEqual(judged, [...upTo(64), 64, 96, 128, 160, 192]);
});

test("what holds from a multiple of 32 on does not depend on the frames before it", () => {
  const changing = (index: number) => ({ ...FRAME, count: 20 + (index % 37) });
  const whole = judgedOf(new RecordingCertainty(), upTo(320), changing).filter((index) => index >= 128);
  const part = judgedOf(new RecordingCertainty(), upTo(320).slice(128), changing);
  assert.deepEqual(part, whole);
});

test("a frame with another contrast or another count is judged, and then holds", () => {
  const jumps = (index: number): CountedRange => {
    if (index >= 90) return { ...FRAME, count: 60 };
    if (index >= 70) return { ...FRAME, most: 1000 };
    return FRAME;
  };
  const judged = judgedOf(new RecordingCertainty(), upTo(100), jumps).filter((index) => index > 64);
  assert.deepEqual(judged, [70, 90, 96]);
});

test("errors follow a frame's own counts, the rest is the judged frame's", () => {
  const certainty = new RecordingCertainty();
  judgedOf(certainty, upTo(65));
  const found = certainty.of(RECORDING, 65, { ...FRAME, count: 11.25, maxLocalCount: 0.7351 }, () =>
    assert.fail("the frame is like the one before"),
  );
  // The unit of an error is √(0.02 + count): √11.27 / √20.02 and √0.7551 / √3.02 by hand.
  assert.ok(Math.abs(found!.countError - 2 * 0.7503) < 1e-3);
  assert.ok(Math.abs(found!.maxLocalCountError! - 0.5 * 0.50004) < 1e-4);
  assert.deepEqual([found!.away, found!.unlike], [0.1, "a reason"]);
});

test("frames that are unrelated, or no part of a recording, are all judged", () => {
  const certainty = new RecordingCertainty();
  judgedOf(certainty, upTo(65));
  let judged = 0;
  for (const index of upTo(100)) {
    certainty.of(undefined, index, FRAME, () => {
      judged++;
      return JUDGED;
    });
  }
  assert.equal(judged, 100);
});

test("recordings do not mix", () => {
  const certainty = new RecordingCertainty();
  judgedOf(certainty, upTo(65));
  let judged = 0;
  certainty.of(8, 65, FRAME, () => {
    judged++;
    return JUDGED;
  });
  assert.equal(judged, 1);
});

test("a frame that cannot be judged leaves nothing behind", () => {
  const certainty = new RecordingCertainty();
  judgedOf(certainty, upTo(65));
  const frames = [96, 97].map((index) => certainty.of(RECORDING, index, FRAME, () => undefined));
  assert.deepEqual(frames, [undefined, undefined]);
});
