import assert from "node:assert/strict";
import { test } from "node:test";
import { everySecond, extended } from "../../web/columns.js";
import {
  bytes,
  duration,
  emitters,
  emittersWithError,
  milliseconds,
  rate,
  share,
  significant,
  whole,
} from "../../web/format.js";

test("numbers are written with their units, in as many digits as mean something", () => {
  const cases: [string, string][] = [
    [whole(61440), "61,440"],
    [emitters(12.345), "12.35"],
    [emitters(null), "–"],
    [emittersWithError(12.345, 1.1), "12.35 ± 1.10"],
    [emittersWithError(12.345, null), "12.35"],
    [emittersWithError(undefined, undefined), "–"],
    [rate(12.34), "12.3"],
    [rate(1250.4), "1,250"],
    [milliseconds(0.352), "0.35 ms"],
    [milliseconds(17.44), "17.4 ms"],
    [milliseconds(2310), "2,310 ms"],
    [milliseconds(null), "–"],
    [bytes(243_400_000), "243 MB"],
    [bytes(1_430_000_000), "1.4 GB"],
    [share(0.837), "84 %"],
    [share(null), "–"],
    [duration(42), "42 s"],
    [duration(60), "1 min"],
    [duration(7500), "2 h 5 min"],
    [duration(273_600), "3 d 4 h"],
    [significant(0.012345), "0.01235"],
    [significant(0.00012345), "1.23e-4"],
    [significant(0), "0"],
  ];
  for (const [written, expected] of cases) assert.equal(written, expected);
});

test("a plot keeps its last seconds, and has those in which nothing came", () => {
  const old = { second: [100, 101, 104], results: [1, 2, 3] };
  const rows = extended(old, { second: [106], results: [4] }, 107, 6);
  assert.deepEqual(rows, { second: [101, 104, 106], results: [2, 3, 4] });
  assert.deepEqual(everySecond(rows, 102, 108), {
    second: [102, 103, 104, 105, 106, 107],
    results: [0, 0, 3, 0, 4, 0],
  });
  assert.deepEqual(extended(rows, { second: [], results: [] }, 500, 6), { second: [], results: [] });
});
