import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { packageRoot } from "../../../src/base/home.js";
import { findColumns, readingInWords } from "../../../src/dataset/truth/truth-columns.js";
import { TRUTH_FORMATS, type TruthFormatName } from "../../../src/dataset/truth/truth-formats.js";
import { type GroundTruth, readTruth, type TruthOptions } from "../../../src/dataset/truth/truth-table.js";
import { openTifStack } from "../../../src/frames/tif-stack.js";
import { spotStack } from "../../support/spot-frames.js";
import { temporaryFolder } from "../../support/temporary.js";
import { TRUTH_TABLES } from "../../support/truth-tables.js";

const STACK = { frames: 3, width: 20, height: 10 };
/** The centre of the pixel in column 6 and row 4, from the corner of the first pixel. */
const PLACE = [6.5, 4.5];

function read(t: TestContext, text: string, options: Partial<TruthOptions> = {}): Promise<GroundTruth> {
  const path = join(temporaryFolder(t), "truth.csv");
  writeFileSync(path, text);
  return readTruth(path, STACK, { sigma: 1, knownPixelSize: 100, ...options });
}

function secondFrame({ emitters }: GroundTruth): number[] {
  const { x, y } = emitters(1);
  return [x[0]!, y[0]!].map((value) => Number(value.toFixed(9)));
}

for (const [name, text] of Object.entries(TRUTH_TABLES)) {
  test(`a table of ${name} puts a molecule where its program saw it`, async (t) => {
    const truth = await read(t, text);
    assert.deepEqual([truth.kept, secondFrame(truth)], [1, PLACE]);
    assert.ok(truth.format.startsWith(TRUTH_FORMATS[name as TruthFormatName].title), truth.format);
    assert.deepEqual(secondFrame(await read(t, text, { truthFormat: name as TruthFormatName })), PLACE);
  });
}

test("Picasso's .hdf5 is read as its csv", async () => {
  const path = join(packageRoot, "test", "data", "tables", "locs.hdf5");
  const truth = await readTruth(path, STACK, { sigma: 1 });
  assert.deepEqual([truth.kept, secondFrame(truth)], [2, PLACE]);
  assert.deepEqual([truth.emitters(0).x[0], truth.emitters(0).y[0]], [2.75, 8.5]);
  assert.match(truth.format, /^Picasso's: frames from 0, 0 at the centre/);
  await assert.rejects(readTruth(path, { ...STACK, frames: 1 }, { sigma: 1 }), {
    code: "DATASET_TRUTH",
    message: /locs\.hdf5, row 1, column frame: expected a frame from 0 to 0, found 1\./,
  });
  const other = join(packageRoot, "test", "data", "tables", "other_array.hdf5");
  await assert.rejects(readTruth(other, STACK, { sigma: 1 }), {
    code: "DATASET_TRUTH",
    message: /expected a table locs with named columns, as Picasso writes, found an array of/,
  });
});

test("brightness that is not in photons is compared with a threshold only if one is given", async (t) => {
  const text = '"frame","x [px]","y [px]","intensity [ADU]"\n2,6.5,4.5,90\n2,6.5,4.5,300\n';
  const all = await read(t, text);
  assert.deepEqual([all.kept, all.threshold], [2, undefined]);
  assert.match(all.notes.join(), /intensity \[adu\] is in "adu".*250 photons was not applied.*--threshold/);
  const bright = await read(t, text, { threshold: 100 });
  assert.equal(bright.kept, 1);
  assert.match(bright.notes.join(), /the threshold of 100 was applied in that unit/);
  assert.equal((await read(t, text.replace("ADU", "photon"))).kept, 1);
  assert.equal((await read(t, TRUTH_TABLES.rapidstorm.replaceAll(" 900 ", " 90 "))).kept, 1);
});

test("what is said of a table wins over what its columns say", async (t) => {
  const text = "t,px,py,counts\n1,6,4,900\n";
  const columns = { frame: "t", x: "PX", y: "py", brightness: "counts" };
  const truth = await read(t, text, { columns, framesFrom: 0, origin: "centre" });
  assert.deepEqual(secondFrame(truth), PLACE);
  assert.equal((await read(t, text, { columns, framesFrom: 0, threshold: 1_000 })).kept, 0);
  const micrometres = await read(t, "frame,x,y\n2,0.65,0.45\n", { unit: "um" });
  assert.deepEqual(secondFrame(micrometres), PLACE);
  const nameless = await read(t, "2;6,5;4,5\n", { columns: { frame: "1", x: "2", y: "3" } });
  assert.deepEqual(secondFrame(nameless), PLACE);
  assert.deepEqual(secondFrame(await read(t, TRUTH_TABLES.sass, { truthFormat: "plain" })), [6, 4]);
  await assert.rejects(read(t, text, { columns: { ...columns, y: "pz" } }), {
    code: "INPUT_OPTION",
    message: /--columns y=pz: expected a column of .*truth\.csv, found the columns t, px, py, counts/,
  });
});

test("the size of a pixel is the user's, else the table's own, else the stack's", async (t) => {
  const text = TRUTH_TABLES.decode.replace('"px"', '"nm"').replace("4.0,6.0", "400.0,600.0");
  assert.deepEqual(secondFrame(await read(t, text, { knownPixelSize: 160 })), PLACE);
  const [x] = secondFrame(await read(t, text, { pixelSize: 200 }));
  assert.equal(x, 3.5);
  const stack = await read(t, "frame,x [nm],y [nm]\n2,1300,900\n", { knownPixelSize: 200 });
  assert.deepEqual(secondFrame(stack), PLACE);
});

test("x of DECODE runs down the rows, unless the frames show that it does not", async (t) => {
  const { spots, pixels, ...stack } = spotStack();
  const path = join(temporaryFolder(t), "emitters.csv");
  for (const axes of [
    ["y", "x"],
    ["x", "y"],
  ] as const) {
    const rows = spots.map((spot) => `${spot[axes[0]] - 0.5},${spot[axes[1]] - 0.5},900,${spot.frame}`);
    writeFileSync(path, `x,y,phot,frame_ix\n${rows.join("\n")}\n`);
    const truth = await readTruth(path, stack, { sigma: 1 }, pixels);
    assert.deepEqual(truth.warnings, []);
    assert.ok(Math.abs(truth.emitters(0).x[0]! - spots[0]!.x) < 1e-9);
    assert.match(truth.notes.join(), axes[0] === "y" ? /x runs down the rows/ : /x runs along the rows/);
  }
});

const SASS = join(packageRoot, "..", "shared", "reference", "sass");

test("spots of SASS' stacks stand where its tables say, and nothing else is said of them", {
  skip: existsSync(SASS) ? false : `${SASS} is not there`,
}, async () => {
  for (const name of ["typical", "dense", "emccd"]) {
    const stack = await openTifStack(join(SASS, `${name}.tif`));
    const pixels = async (index: number) => (await stack.read(index)).pixels;
    const table = join(SASS, `${name}.csv`);
    const truth = await readTruth(table, stack.info, { sigma: 1 }, pixels);
    assert.match(truth.format, /^SASS': frames from 1, 0 at the centre of the first pixel/);
    assert.deepEqual([truth.notes, truth.warnings], [[], []], name);
    const corner = await readTruth(table, stack.info, { sigma: 1, truthFormat: "plain" }, pixels);
    assert.match(
      corner.warnings.join(),
      /spots lie 0\.(4|5)\d pixels right of .* 0\.(4|5)\d below\. Say --origin centre/,
    );
    await stack.close();
  }
});

test("docs/datasets.md has each format with its first frame and its origin", () => {
  const docs = readFileSync(join(packageRoot, "docs", "datasets.md"), "utf8");
  for (const [name, { firstFrame, firstCentre, unit, columns }] of Object.entries(TRUTH_FORMATS)) {
    const row = docs.split("\n").find((line) => line.includes(`| \`${name}\` |`));
    assert.ok(row, name);
    const [, , , frame, origin, position] = row.split("|").map((cell) => cell.trim());
    assert.deepEqual(
      [frame, origin],
      [
        String(firstFrame),
        { 0.5: "0 at the corner", 0: "0 at the centre", 1: "1 at the centre" }[firstCentre],
      ],
      name,
    );
    assert.ok(position?.includes(`\`${columns.x[0]}`), name);
    assert.ok(position?.includes(unit === "nm" ? "nm" : "pixels"), name);
  }
});

test("how a table was read is said in words", () => {
  const columns = findColumns("t.csv", ["frame", "xnm", "ynm"], [], { pixelSize: 107 });
  assert.equal(
    readingInWords(columns),
    "SMAP's: frames from 1, 1 at the centre of the first pixel, positions in nm, pixels of 107 nm",
  );
});
