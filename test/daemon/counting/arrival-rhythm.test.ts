import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalRhythm } from "../../../src/daemon/counting/arrival-rhythm.js";

function rhythm(...arrivals: number[]): ArrivalRhythm {
  const found = new ArrivalRhythm();
  for (const time of arrivals) found.came(time);
  return found;
}

test("a frame that comes sooner than the last one is old is waited for, until it is a quarter late", () => {
  const camera = rhythm(0, 10, 20, 30, 40);
  assert.equal(camera.worthWaiting(44), 0);
  assert.equal(camera.worthWaiting(46), 6.5);
  assert.equal(camera.worthWaiting(52), 0.5);
  assert.equal(camera.worthWaiting(53), 0);
  camera.came(50);
  assert.equal(camera.worthWaiting(53), 0);
});

test("nothing is waited for before the rhythm is known, or while it is none", () => {
  assert.equal(rhythm().worthWaiting(5), 0);
  assert.equal(rhythm(0, 10, 20, 30).worthWaiting(38), 0);
  assert.equal(rhythm(0, 10, 20, 30, 60).worthWaiting(68), 0);
});

test("a pause of the camera is forgotten after eight frames", () => {
  const camera = rhythm(0, 10, 20, 30, 1000, ...Array.from({ length: 8 }, (_, i) => 1010 + 10 * i));
  assert.equal(camera.worthWaiting(1088), 4.5);
});

test("over frames that come at random phases, the one that is counted is a quarter of a period old at most", () => {
  // The engine is free at each phase of a period of 8 ms; a frame that is waited for is new.
  const camera = rhythm(0, 8, 16, 24, 32);
  let [sum, phases] = [0, 0];
  for (let age = 0; age < 8; age += 0.125) {
    sum += camera.worthWaiting(32 + age) > 0 ? 0 : age;
    phases++;
  }
  assert.ok(sum / phases <= 8 / 8 + 0.1, `${sum / phases} ms`);
});
