import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import type { DataOptions } from "../../src/evaluate/evaluation-data.js";
import { openData } from "../../src/evaluate/open-data.js";
import { openStack } from "../../src/frames/open-stack.js";
import { collect } from "../support/collect.js";
import { STACK_SIDE, writeCondition } from "../support/evaluation.js";
import { writeOmeZarr, writePicasso } from "../support/recordings.js";
import { temporaryFolder } from "../support/temporary.js";
import { spotSamples, writeTrainingSet } from "../support/training-set.js";

/** The columns of a simulation: two emitters in frame 1, one of them dim; one in frame 3. */
const TABLE = `frame,x,y,z,brightness,background,id
1,4.5,5.5,0,900,12,1
1,8.5,9.5,0,180,14,2
3,3.5,3.5,0,700,20,1
`;
const CONFIG = {
  settings: { pixelSize: 100, psf: "gaussian", psfSigma: 130 },
  follows: { threshold: 100 },
};

async function opened(path: string, options?: DataOptions) {
  const data = await openData(path, options);
  const frames = await collect(data.frames());
  await data.close();
  return { conditions: data.conditions, frames };
}

test("a simulation's folder gives frames and truth, by its own threshold", async (t) => {
  const folder = join(temporaryFolder(t), "dense");
  await writeCondition(folder, { table: TABLE, config: CONFIG });
  const { conditions, frames } = await opened(folder);
  assert.deepEqual(
    conditions.map(({ truth: _, ...info }) => info),
    [
      {
        name: "dense",
        frames: 3,
        width: STACK_SIDE,
        height: STACK_SIDE,
        pixelSize: 100,
        psf: "gaussian, FWHM 306 nm (3.1 pixels)",
        warnings: [],
      },
    ],
  );
  assert.deepEqual(
    frames.map(({ number, truth }) => [number, truth.count, truth.signal, truth.background]),
    [
      [1, 2, 540, 13],
      [2, 0, undefined, undefined],
      [3, 1, 700, 20],
    ],
  );
  assert.deepEqual([...frames[2]!.image.pixels.subarray(0, 3)], [0, 9, 18]);
});

test("without a simulation's word emitters count above 250, or above what is said", async (t) => {
  const folder = temporaryFolder(t);
  await writeCondition(folder, { table: TABLE });
  const counts = async (options?: DataOptions) =>
    (await opened(folder, options)).frames.map(({ truth }) => truth.count);
  assert.deepEqual(await counts(), [1, 0, 1]);
  assert.deepEqual(await counts({ threshold: 0 }), [2, 0, 1]);
  assert.deepEqual(await counts({ threshold: 800 }), [1, 0, 0]);
});

test("pixel sizes come from what is said, the configuration, or the stack", async (t) => {
  const folder = temporaryFolder(t);
  await writeCondition(folder, { table: TABLE });
  assert.equal((await opened(folder)).conditions[0]!.pixelSize, 160);
  await writeCondition(folder, { table: TABLE, config: CONFIG });
  assert.equal((await opened(folder)).conditions[0]!.pixelSize, 100);
  assert.equal((await opened(folder, { pixelSize: 65 })).conditions[0]!.pixelSize, 65);
});

test("a stack of another format will do, also a folder, and maps that lie beside it are no stacks", async (t) => {
  const folder = temporaryFolder(t);
  await writeCondition(join(folder, "tif"), { table: TABLE });
  const right = await opened(join(folder, "tif"));
  const stack = await openStack(join(folder, "tif", "frames.tif"));
  for (const [name, write] of [
    ["beads.raw", writePicasso],
    ["beads.zarr", writeOmeZarr],
  ] as const) {
    const condition = join(folder, name.slice(6));
    mkdirSync(condition);
    await write(join(condition, name), stack);
    writeFileSync(join(condition, "truth.csv"), TABLE);
    writeFileSync(join(condition, "beads.density.npy"), "a map");
    const found = await opened(condition);
    assert.deepEqual(
      found.frames.map(({ image, truth }) => [image, truth]),
      right.frames.map(({ image, truth }) => [image, truth]),
    );
    assert.equal(found.conditions[0]!.pixelSize, 160);
  }
  await stack.close();
  writeFileSync(join(folder, "zarr", "beads.density.tif"), "a map");
  await assert.rejects(opened(join(folder, "zarr")), {
    code: "INPUT_NOT_FOUND",
    message: /stacks: beads\.density\.tif, beads\.zarr/,
  });
});

test("one stack and one table of another program will do, in nm by the stack's own pixel size", async (t) => {
  const folder = temporaryFolder(t);
  const table = '"frame","x [nm]","y [nm]","intensity [photon]","offset [photon]"\n2,800,880,600,11\n';
  await writeCondition(folder, { table, names: ["beads.tif", "beads-thunderstorm.csv"] });
  const { frames } = await opened(folder);
  assert.deepEqual(
    frames.map(({ truth }) => [truth.count, truth.signal, truth.background]),
    [
      [0, undefined, undefined],
      [1, 600, 11],
      [0, undefined, undefined],
    ],
  );
  // 800 nm are 5 pixels of 160 nm: between columns 4 and 5.
  const { density } = frames[1]!.truth;
  assert.equal(density[5 * STACK_SIDE + 4], density[5 * STACK_SIDE + 5]);
});

test("what the reader of the frames decided is told beside what is wrong with the table", async (t) => {
  const folder = temporaryFolder(t);
  const frames = join(packageRoot, "test", "data", "frames", "corpus", "min-is-white.tif");
  copyFileSync(frames, join(folder, "frames.tif"));
  writeFileSync(join(folder, "ground_truth.csv"), "frame,x,y\n1,4,5\n");
  const data = await openData(folder);
  await data.close();
  assert.match(
    data.conditions.flatMap(({ warnings = [] }) => warnings).join(),
    /MinIsWhite: values are inverted/,
  );
});

test("what is said of a table holds for an evaluation too, and a table need not be called .csv", async (t) => {
  const folder = temporaryFolder(t);
  const table = "t\tcol\trow\n1\t4\t5\n";
  await writeCondition(folder, { table, names: ["beads.tif", "beads.txt"] });
  const columns = { frame: "t", x: "col", y: "row" };
  const { conditions, frames } = await opened(folder, { columns, framesFrom: 0, origin: "centre" });
  assert.match(conditions[0]!.truth, /^1 emitters; table read as plain: frames from 0, 0 at the centre/);
  assert.deepEqual(
    frames.map(({ truth }) => truth.count),
    [0, 1, 0],
  );
  // The centre of column 4 and row 5, where the map is highest.
  const { density } = frames[1]!.truth;
  assert.equal(density.indexOf(Math.max(...density)), 5 * STACK_SIDE + 4);
});

test("folders in a folder are conditions, in the order of their numbers; those without a stack are none", async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["density 10", "density 2"])
    await writeCondition(join(folder, name), { frames: 1, table: TABLE.slice(0, TABLE.indexOf("3,3")) });
  mkdirSync(join(folder, "evaluation"));
  writeFileSync(join(folder, "evaluation", "frames.csv"), "model\n");
  const { frames } = await opened(folder);
  assert.deepEqual(
    frames.map(({ condition }) => condition.name),
    ["density 2", "density 10"],
  );
  const all = join(folder, "density 2");
  await writeCondition(join(all, "inner"), { table: TABLE });
  assert.deepEqual(
    (await opened(all)).conditions.map(({ name }) => name),
    ["density 2", "density 2/inner"],
  );
});

test("a training set's truth is its maps and their sums", async (t) => {
  const path = join(temporaryFolder(t), "spots.h5");
  const samples = spotSamples(20, 16);
  await writeTrainingSet(path, samples);
  const { conditions, frames } = await opened(path);
  assert.deepEqual([conditions[0]!.name, frames.length, frames[19]!.number], ["spots", 20, 20]);
  const last = samples.target.subarray(19 * 256);
  assert.deepEqual(frames[19]!.truth.density, last);
  assert.equal(
    frames[19]!.truth.count,
    last.reduce((sum, value) => sum + value, 0),
  );
  assert.deepEqual(frames[19]!.image.pixels, samples.input.subarray(19 * 256));
});

test("a configuration that says little, or other things, is taken for what it says", async (t) => {
  const folder = temporaryFolder(t);
  for (const config of [{}, [], { settings: { pixelSize: "wide", psf: 3 }, follows: null }]) {
    await writeCondition(folder, { table: TABLE, config });
    const { conditions } = await opened(folder);
    assert.deepEqual([conditions[0]!.pixelSize, conditions[0]!.psf], [160, undefined]);
  }
  await writeCondition(folder, {
    table: TABLE,
    config: { settings: { psf: "airy", wavelength: 600, na: 1.2 } },
  });
  // 0.51 · 600 / 1.2 nm, on the stack's pixels of 160 nm, which the configuration does not know.
  assert.equal((await opened(folder)).conditions[0]!.psf, "airy, FWHM 255 nm");
});

test("data that cannot be compared with is named, with what to do", async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => join(folder, name);
  mkdirSync(at("empty"));
  await writeCondition(at("no truth"), {});
  await writeCondition(at("two stacks"), { table: TABLE, names: ["a.tif", "a.csv"] });
  await writeCondition(at("two stacks"), { names: ["b.tif", "b.csv"] });
  await writeCondition(at("beyond"), { frames: 2, table: TABLE });
  await writeCondition(at("broken config"), { table: TABLE, config: "{" });
  writeFileSync(at("text.h5"), "no HDF5");
  const cases: [string, DataOptions, RegExp][] = [
    ["nothing", {}, /nothing: expected a folder with frames and truth, or a training set, found no file/],
    ["empty", {}, /empty: expected frames\.tif with ground_truth\.csv.*found no stack/],
    ["no truth", {}, /no truth: expected one stack.*stacks: frames\.tif; tables: none/],
    ["two stacks", {}, /two stacks: expected one stack.*stacks: a\.tif, b\.tif; tables: a\.csv/],
    ["beyond", {}, /ground_truth\.csv, line 4, column frame: expected a frame from 1 to 2, found 3/],
    ["broken config", {}, /config\.json: expected the config\.json of a simulation, found .*JSON/],
    ["text.h5", {}, /text\.h5: expected an HDF5 file/],
    ["../none.h5", {}, /none\.h5/],
  ];
  for (const [name, options, message] of cases)
    await assert.rejects(openData(at(name), options), { message });
  const set = at("spots.h5");
  await writeTrainingSet(set, spotSamples(1, 16));
  await assert.rejects(
    openData(set, { threshold: 100 }),
    /`threshold`: expected a folder with a stack and the table of its emitters/,
  );
});
