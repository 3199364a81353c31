import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type LoggerOptions, writeGroundTruth } from "../../../src/dataset/truth/ground-truth.js";
import { temporaryFolder } from "../../support/temporary.js";

async function make(t: TestContext, states: string, positions: string, options: LoggerOptions = {}) {
  const folder = temporaryFolder(t);
  const [statesPath, positionsPath, output] = ["states.csv", "positions.csv", "truth.csv"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(statesPath, states);
  writeFileSync(positionsPath, positions);
  try {
    const rows = await writeGroundTruth(statesPath, positionsPath, output, options);
    const lines = readFileSync(output, "utf8").trimEnd().split("\n");
    assert.equal(rows, lines.length - 1);
    return lines;
  } catch (error) {
    assert.equal(existsSync(output), false);
    throw error;
  }
}

const POSITIONS = "id,x,y\na,1.5,2.5\nb,3,4\n";

test("each frame has the molecules that are on in it, with the fraction of the frame and 2500 times it", async (t) => {
  // a: half of frame 1, all of 2, a quarter of 3; then a tenth of 3 again. b: within frame 2.
  const states = "id,on,off\na,0.5,2.25\nb,1.2,1.6\na,2.5,2.6\n";
  assert.deepEqual(await make(t, states, POSITIONS), [
    "frame,x,y,id,brightness,time_on",
    "1,1.5,2.5,a,1250,0.5",
    "2,1.5,2.5,a,2500,1",
    "2,3,4,b,1000,0.4",
    "3,1.5,2.5,a,875,0.35",
  ]);
});

test("times in seconds are divided by the exposure; z is kept", async (t) => {
  const lines = await make(t, "ID; On; Off\n1; 0,03; 0,06\n", "id;x;y;z\n1;1;2;-0,5\n", { exposure: 0.03 });
  assert.deepEqual(lines, ["frame,x,y,z,id,brightness,time_on", "2,1,2,-0.5,1,2500,1"]);
});

test("an interval that ends with a frame does not reach into the next, and an empty one counts nothing", async (t) => {
  assert.deepEqual((await make(t, "id,on,off\na,1,2\nb,3,3\n", POSITIONS)).slice(1), ["2,1.5,2.5,a,2500,1"]);
});

const REFUSED: [string, string, string, RegExp][] = [
  [
    "a molecule without a position",
    "id,on,off\nc,0,1\n",
    POSITIONS,
    /states\.csv, line 2, column id: .* found c/,
  ],
  ["an end before its beginning", "id,on,off\na,2,1\n", POSITIONS, /line 2, column off: .* found 1/],
  [
    "a time before the first frame",
    "id,on,off\na,-1,1\n",
    POSITIONS,
    /line 2, column on: expected a time from 0 on/,
  ],
  ["a time beyond all frames", "id,on,off\na,0,1e12\n", POSITIONS, /column off: .*--exposure/],
  [
    "two positions of a molecule",
    "id,on,off\n",
    "id,x,y\na,1,2\na,3,4\n",
    /positions\.csv, line 3, column id/,
  ],
  ["a missing column", "id,on\n", POSITIONS, /expected the columns id, on, off, found id, on/],
];

for (const [name, states, positions, message] of REFUSED) {
  test(`refuses ${name}`, async (t) => {
    await assert.rejects(make(t, states, positions), { code: "DATASET_TRUTH", message });
  });
}
