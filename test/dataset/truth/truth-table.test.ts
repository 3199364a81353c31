import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type GroundTruth, readTruth, type TruthOptions } from "../../../src/dataset/truth/truth-table.js";
import { temporaryFolder } from "../../support/temporary.js";

const STACK = { frames: 3, width: 20, height: 10 };

function read(t: TestContext, text: string, options: Partial<TruthOptions> = {}): Promise<GroundTruth> {
  const path = join(temporaryFolder(t), "truth.csv");
  writeFileSync(path, text);
  return readTruth(path, STACK, { threshold: 250, sigma: 1, ...options });
}

/** Positions of each frame, as [x, y]. */
function positions({ emitters }: GroundTruth): number[][][] {
  return [0, 1, 2].map((frame) => {
    const { x, y } = emitters(frame);
    return Array.from(x, (value, i) => [value, y[i]!]);
  });
}

const PLAIN = "frame,x,y,brightness,z,id\n3,1.5,2.5,300,0,7\n1,3,4,251,0,8\n1,5,6,250,0,9\n";

test("reads frames from 1 in any order, and keeps what is brighter than the threshold", async (t) => {
  const truth = await read(t, PLAIN);
  assert.deepEqual(positions(truth), [[[3, 4]], [], [[1.5, 2.5]]]);
  assert.deepEqual([truth.kept, truth.dropped], [2, 1]);
  assert.deepEqual(positions(await read(t, PLAIN, { threshold: 0 }))[0], [
    [3, 4],
    [5, 6],
  ]);
});

test("keeps every row of a table without brightness", async (t) => {
  const truth = await read(t, "x,y,frame\n1,2,1\n3,4,1\n", { threshold: 1e9 });
  assert.deepEqual(positions(truth)[0], [
    [1, 2],
    [3, 4],
  ]);
});

const WRITTEN_OTHERWISE: Record<string, string> = {
  "capital letters and quotes": '"Frame","X","Y","Brightness"\n"1","3","4","999"\n',
  "spaces about the values": " frame , x , y\n 1 , 3 , 4 \n",
  "a byte order mark and Windows line ends": "\uFEFFframe,x,y\r\n1,3,4\r\n",
  semicolons: "frame;x;y\n1;3;4\n",
  "semicolons and decimal commas": "frame;x;y\n1;3,0;4,0\n",
  tabs: "frame\tx\ty\n1\t3\t4\n",
  "empty lines": "\nframe,x,y\n\n1,3,4\n\n",
  "numbers with exponents": "frame,x,y\n1.0,3e0,0.4E1\n",
  "no line end at its end": "frame,x,y\n1,3,4",
  "further columns": "id,frame,x,y,note\n5,1,3,4,a\n",
  "decimal commas in quotes": 'frame,x,y\n"1","3,0","4,0"\n',
  "Excel's line that names the separator": "sep=;\nframe;x;y\n1;3,0;4\n",
  "comments above and between": "# made by hand\n#\nframe,x,y\n# a comment\n1,3,4\n",
  "columns in the last comment, as NumPy writes them": "# two\n# frame x y\n1.000e+00 3.0 4.0\n",
  "spaces between columns, as R writes them": '"frame" "x" "y"\n1 3 4\n',
  "several spaces in line": "frame    x   y\n    1  3.0  4\n",
  "a unit in the columns' names": "frame,x (px),y (pixels)\n1,3,4\n",
};

for (const [name, text] of Object.entries(WRITTEN_OTHERWISE)) {
  test(`reads a table with ${name}`, async (t) => {
    assert.deepEqual(positions(await read(t, text)), [[[3, 4]], [], []]);
  });
}

test("reads ThunderSTORM's columns in nm: frames from 1, 0 at the corner of the first pixel", async (t) => {
  const text =
    '"id","frame","x [nm]","y [nm]","sigma [nm]","intensity [photon]","offset [photon]","bkgstd [photon]","uncertainty [nm]"\n' +
    "1,1,150,250,130,900,10,2,8\n2,3,1600,50,130,100,10,2,8\n";
  const truth = await read(t, text, { pixelSize: 100 });
  assert.deepEqual(positions(truth), [[[1.5, 2.5]], [], []]);
  assert.equal(truth.dropped, 1);
  assert.match(truth.format, /^ThunderSTORM's/);
});

test("reads Picasso's columns: frames from 0, 0 at the centre of the first pixel", async (t) => {
  const text = "frame,x,y,photons,sx,sy,bg,lpx,lpy\n0,1,2,900,1,1,5,0.1,0.1\n2,3.25,4,251,1,1,5,0.1,0.1\n";
  const truth = await read(t, text);
  assert.deepEqual(positions(truth), [[[1.5, 2.5]], [], [[3.75, 4.5]]]);
  assert.match(truth.format, /^Picasso's/);
});

test("a format that is named wins over what the columns say", async (t) => {
  const truth = await read(t, "frame,x,y,photons\n1,3,4,10\n", { truthFormat: "plain" });
  assert.deepEqual(positions(truth)[0], [[3, 4]]);
});

test("reads more rows than its first memory holds", async (t) => {
  const rows = Array.from({ length: 5_000 }, (_, i) => `${1 + (i % 3)},${i % 20},${i % 10}`);
  const truth = await read(t, `frame,x,y\n${rows.join("\n")}\n`);
  assert.equal(truth.kept, 5_000);
  const expected = rows.map((row) => row.split(",").map(Number)).filter(([frame]) => frame === 2);
  assert.deepEqual(
    positions(truth)[1],
    expected.map(([, x, y]) => [x, y]),
  );
});

test("a table without rows has no emitters", async (t) => {
  assert.deepEqual(positions(await read(t, "frame,x,y\n")), [[], [], []]);
});

/** What is wrong, the table, and what the error must say. */
const REFUSED: [string, string, RegExp, Partial<TruthOptions>?][] = [
  ["an empty file", "", /expected a column frame, found no columns/],
  [
    "a missing column",
    "frame,x\n1,2\n",
    /truth\.csv: expected a column y, found the columns frame, x\. .*--columns frame=NAME,x=NAME,y=NAME/,
  ],
  ["a word for a number", "frame,x,y\n1,2,3\n1,two,3\n", /line 3, column x: expected a number, found two/],
  ["an empty value", "frame,x,y\n1,,3\n", /line 2, column x: expected a number, found nothing/],
  [
    "a short row",
    "frame,x,y\n1,2,3\n\n1,2\n",
    /line 4: expected 3 fields, as in the head \(frame, x, y\), found 2 fields: 1,2\. Complete/,
  ],
  [
    "decimal commas without quotes",
    "frame,x,y\n1,10,5,20,5\n",
    /line 2: expected 3 fields.*found 5 fields: 1,10,5,20,5\. If numbers have decimal commas, separate columns by semicolons/,
  ],
  [
    "row names of R without a head",
    '"frame","x","y"\n"1",1,10,5\n"2",1,11,6\n',
    /line 2: expected 3 fields.*found 4 fields: 1,1,10,5\. If the first field is a row name of R, write the table with row\.names = FALSE/,
  ],
  [
    "row names of R between spaces",
    '"frame" "x" "y"\n"1" 1 10 5\n',
    /found 4 fields: 1 1 10 5\. If the first field is a row name of R/,
  ],
  ["two columns of one name", "frame,x,y,x\n1,2,3,4\n", /expected one column x, found 2 of them/],
  ["columns without names", "1,2,3\n1,3,4\n", /found 3 columns without names\. .*--columns frame=1,x=2,y=3/],
  ["a workbook", "PK\u0003\u0004 and so on", /found a zip archive or a workbook\. Save the sheet as CSV/],
  ["NaN", "frame,x,y\n1,NaN,3\n", /line 2, column x: expected a number, found NaN/],
  [
    "frame 0",
    "frame,x,y\n0,2,3\n",
    /line 2, column frame: expected a frame from 1 to 3, found 0\. .*--truth-format\. .*fits with frames numbered from 0: say --frames-from 0/,
  ],
  ["a frame beyond the stack", "frame,x,y\n4,2,3\n", /column frame: expected a frame from 1 to 3, found 4/],
  ["half a frame", "frame,x,y\n1.5,2,3\n", /column frame: expected a frame from 1 to 3, found 1\.5/],
  [
    "a position far outside",
    "frame,x,y\n1,2,19\n",
    /line 2, column y: expected a position within the frame of 10 pixels/,
  ],
  ["nm read as pixels", "frame,x,y\n1,1500,300\n", /column x: .* found 1500\. Positions are in pixels/],
  ["x in nm and y in pixels", "frame,x [nm],y [px]\n1,2,3\n", /expected x and y in the same unit/],
  [
    "a bad brightness",
    "frame,x,y,brightness\n1,2,3,high\n",
    /line 2, column brightness: expected a number, found high/,
  ],
  [
    "a wrong pixel size",
    "frame,x [nm],y [nm]\n1,1500,300\n",
    /found 1500\. A pixel has 10 nm/,
    { pixelSize: 10 },
  ],
  [
    "an open quote",
    'frame,x,y\n1,"2,3\n',
    /expected a table of comma-separated values, found Quote Not Closed/,
  ],
];

for (const [name, text, message, options] of REFUSED) {
  test(`refuses ${name}, and says where`, async (t) => {
    await assert.rejects(read(t, text, options), { name: "DatasetError", code: "DATASET_TRUTH", message });
  });
}

test("nm need a pixel size, and pixels none", async (t) => {
  await assert.rejects(read(t, "frame,x [nm],y [nm]\n1,2,3\n"), {
    code: "INPUT_OPTION",
    message: /expected the pixel size, as positions are in nm, found none\. Say it with --pixel-size NM/,
  });
  await assert.rejects(read(t, "frame,x,y\n1,2,3\n", { pixelSize: 100 }), { code: "INPUT_OPTION" });
});

test("a table that is not there is named", async (t) => {
  const path = join(temporaryFolder(t), "none.csv");
  await assert.rejects(readTruth(path, STACK, { threshold: 0, sigma: 1 }), { code: "INPUT_NOT_FOUND" });
});

test("reading ends when it is cancelled", async (t) => {
  await assert.rejects(read(t, PLAIN, { signal: AbortSignal.abort() }), { code: "CANCELLED" });
});

test("UTF-16 with or without a byte order mark, and Windows-1252, are read", async (t) => {
  const folder = temporaryFolder(t);
  const text = "frame,x [µm],y [µm]\r\n1,0.3,0.4\r\n";
  const swapped = Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
  const files = [
    Buffer.from(`\uFEFF${text}`, "utf16le"),
    Buffer.from(text, "utf16le"),
    swapped,
    Buffer.from(text, "latin1"),
    Buffer.from(text, "utf8"),
  ];
  for (const [i, bytes] of files.entries()) {
    const path = join(folder, `${i}.csv`);
    writeFileSync(path, bytes);
    const truth = await readTruth(path, STACK, { sigma: 1, pixelSize: 100 });
    const [[[x, y]]] = positions(truth) as [[[number, number]]];
    assert.ok(Math.abs(x - 3) < 1e-9 && Math.abs(y - 4) < 1e-9, `${i}`);
  }
});
