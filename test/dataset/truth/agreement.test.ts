import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Random } from "../../../src/base/random.js";
import { type GroundTruth, readTruth, type TruthOptions } from "../../../src/dataset/truth/truth-table.js";
import { type PlacedSpot, spotStack } from "../../support/spot-frames.js";
import { temporaryFolder } from "../../support/temporary.js";

const { spots, pixels, ...STACK } = spotStack();
const INSIDE = spots.filter(({ frame }) => frame > 0 && frame < STACK.frames - 1);

/** Reads the table of the stack's molecules after a change to each, and compares it with the frames. */
function read(
  t: TestContext,
  change: (spot: PlacedSpot) => { frame: number; x: number; y: number },
  options: Partial<TruthOptions> = {},
  molecules: readonly PlacedSpot[] = INSIDE,
): Promise<GroundTruth> {
  const path = join(temporaryFolder(t), "truth.csv");
  const rows = molecules.map(change).map(({ frame, x, y }) => `${frame},${x},${y}`);
  writeFileSync(path, `frame,x,y\n${rows.join("\n")}\n`);
  return readTruth(path, STACK, { sigma: 1, ...options }, pixels);
}

const RIGHT = ({ frame, x, y }: PlacedSpot) => ({ frame: frame + 1, x, y });

test("nothing is said of a table that fits its frames", async (t) => {
  const truth = await read(t, RIGHT);
  assert.deepEqual([truth.kept, truth.warnings, truth.notes], [INSIDE.length, [], []]);
});

/** What is wrong with a table, and what the error must recommend. */
const WRONG: [string, (spot: PlacedSpot) => PlacedSpot, RegExp, Partial<TruthOptions>?][] = [
  [
    "frames numbered from 0",
    ({ frame, x, y }) => ({ frame, x, y }),
    /with frames numbered from 0, than (?:9\d|100) %\. Say --frames-from 0; or --frames-from 1 if/,
  ],
  [
    "frames numbered from 2",
    ({ frame, x, y }) => ({ frame: frame + 2, x, y }),
    /with frames numbered from 2, than (?:9\d|100) %\. Say --frames-from 2/,
  ],
  [
    "x and y swapped",
    ({ frame, x, y }) => ({ frame: frame + 1, x: y, y: Math.min(x, 33) }),
    /brighter than [45]\d % of their frames.* with x and y swapped, than (?:9\d|100) %\. Say --columns x=y,y=x; or --columns x=x,y=y/,
  ],
  [
    "frames from 0 and x and y swapped",
    ({ frame, x, y }) => ({ frame, x: y, y: Math.min(x, 33) }),
    /with frames numbered from 0 and x and y swapped, than .* Say --frames-from 0 --columns x=y,y=x/,
  ],
  [
    "pixels read as nm",
    ({ frame, x, y }) => ({ frame: frame + 1, x, y }),
    /with positions in pixels, than (?:9\d|100) %\. Say --unit px; or --unit nm/,
    { truthFormat: "smap", columns: { x: "x", y: "y" }, knownPixelSize: 100, origin: "corner" },
  ],
];

for (const [name, change, message, options] of WRONG) {
  test(`a table with ${name} is refused, with the reading that fits and its numbers`, async (t) => {
    await assert.rejects(read(t, change, options), { code: "DATASET_TRUTH", message });
  });
}

test("a reading that the user rules out is told, and the table is taken", async (t) => {
  const change = ({ frame, x, y }: PlacedSpot) => ({ frame, x, y });
  const { warnings } = await read(t, change, { framesFrom: 1 });
  assert.match(warnings.join(), /pixels under \d+ emitters.*with frames numbered from 0, than (?:9\d|100) %/);
});

test("a table of other frames is told", async (t) => {
  const random = new Random(3, "elsewhere");
  const change = ({ frame }: PlacedSpot) => ({
    frame: frame + 1,
    x: random.uniform(0, STACK.width),
    y: random.uniform(0, STACK.height),
  });
  const { warnings } = await read(t, change);
  assert.match(
    warnings.join(),
    /brighter than [45]\d % .*50 % is chance.*Does the table belong to these frames\?/,
  );
});

test("half a pixel is told, with what to say if it is the origin", async (t) => {
  const centres = ({ frame, x, y }: PlacedSpot) => ({ frame: frame + 1, x: x - 0.5, y: y - 0.5 });
  const { warnings } = await read(t, centres);
  assert.match(
    warnings.join(),
    /spots lie 0\.\d\d pixels right of .* and 0\.\d\d below\. Say --origin centre/,
  );
  assert.deepEqual((await read(t, centres, { origin: "centre" })).warnings, []);
});

test("a few emitters prove nothing", async (t) => {
  const change = ({ frame }: PlacedSpot) => ({ frame: frame + 1, x: 1, y: 1 });
  assert.deepEqual((await read(t, change, {}, INSIDE.slice(0, 19))).warnings, []);
});

test("rows outside the stack are counted, and the reading that fits them is named", async (t) => {
  const cases: [(spot: PlacedSpot) => PlacedSpot, RegExp, Partial<TruthOptions>?][] = [
    [
      ({ frame, x, y }) => ({ frame, x, y }),
      /column frame: expected a frame from 1 to 20, found 0\. .* 5 of 100 rows lie outside\. The table fits with frames numbered from 0: say --frames-from 0\./,
    ],
    [
      ({ frame, x, y }) => ({ frame: frame + 501, x, y }),
      /found 501\. .* 100 of 100 rows lie outside\. The table fits with frames numbered from 501: say --frames-from 501\./,
    ],
    [
      ({ frame, x, y }) => ({ frame: frame + 1, x: 107 * x, y: 107 * y }),
      /column [xy]: .*Positions are in pixels\. \d+ of 100 rows lie outside\. The table fits with positions in nm: say --unit nm\./,
      { knownPixelSize: 107 },
    ],
    [
      ({ frame, x, y }) => ({ frame: frame + 1, x: 107 * x, y: 107 * y }),
      /Positions are in pixels\. If they are in nm, say --unit nm --pixel-size NM\./,
    ],
  ];
  for (const [change, message, options] of cases) {
    await assert.rejects(read(t, change, options, spots), { code: "DATASET_TRUTH", message });
  }
});
