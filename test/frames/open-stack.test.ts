import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { NpyWriter } from "../../src/frames/npy-writer.js";
import { openStack, resultName } from "../../src/frames/open-stack.js";
import { collect } from "../support/collect.js";
import { temporaryFolder } from "../support/temporary.js";

/** Written by numpy and h5py: scripts/oracle/frame_arrays.py. Values are 10 * frame + pixel in frames of 3 x 4. */
const ARRAYS = join(packageRoot, "test", "data", "frames", "arrays");
const at = (name: string) => join(ARRAYS, name);
const expected = (frame: number, scale = 1) =>
  Array.from({ length: 12 }, (_, pixel) => (10 * frame + pixel) / scale);

async function framesOf(source: string) {
  const stack = await openStack(source);
  const frames = await collect(stack.frames());
  await stack.close();
  return { info: stack.info, frames: frames.map(({ pixels }) => [...pixels]) };
}

test("numpy's arrays are read as numpy wrote them, whatever their type and byte order", async () => {
  for (const [name, pixelType] of [
    ["u1", "uint8"],
    ["little-u2", "uint16"],
    ["big-u2", "uint16"],
    ["little-i2", "float32"],
    ["little-u4", "float32"],
    ["little-i8", "float32"],
    ["little-f4", "float32"],
    ["little-f8", "float32"],
    ["big-f8", "float32"],
    ["channel", "float32"],
    ["half", "float32"],
    ["fortran", "float32"],
  ] as const) {
    const { info, frames } = await framesOf(at(`${name}.npy`));
    assert.deepEqual([info.frames, info.height, info.width, info.pixelType], [5, 3, 4, pixelType], name);
    for (const [i, pixels] of frames.entries()) assert.deepEqual(pixels, expected(i), name);
  }
  const { frames } = await framesOf(at("boolean.npy"));
  assert.deepEqual(frames[0], [0, ...new Array<number>(11).fill(1)]);
  assert.deepEqual((await framesOf(at("single.npy"))).frames, [expected(2)]);
});

test("arrays of archives and of HDF5 files are read by their names", async () => {
  assert.deepEqual((await framesOf(at("one.npz"))).frames[4], expected(4));
  assert.deepEqual(
    (await framesOf(`${at("two.npz")}:second`)).frames[3],
    expected(3).map((value) => value + 1),
  );
  const camera = await framesOf(`${at("frames.h5")}:raw/camera`);
  assert.equal(camera.info.pixelType, "uint16");
  assert.deepEqual(camera.frames[1], expected(1));
  const scaled = await framesOf(`${at("frames.h5")}:raw/scaled`);
  assert.deepEqual(scaled.frames[1], [...Float32Array.from(expected(1, 100))]);
  assert.deepEqual((await framesOf(`${at("frames.h5")}:raw/signed`)).frames[4], expected(4));
  assert.deepEqual((await framesOf(`${at("frames.h5")}:raw/mask`)).frames[4], new Array<number>(12).fill(1));
});

test("what holds no frames is refused by name, with what is there and what to do", async (t) => {
  const cut = join(temporaryFolder(t), "cut.npy");
  writeFileSync(cut, readFileSync(at("little-f4.npy")).subarray(0, 300));
  for (const [source, code, message] of [
    [at("flat.npy"), "INPUT_SIZE", /\(N, H, W\).*found \(60\)/],
    [at("none.npy"), "INPUT_NOT_FOUND", /none\.npy/],
    [cut, "INPUT_TRUNCATED", /240 bytes of values, found 172/],
    [at("two.npz"), "INPUT_OPTION", /arrays first, second.*two\.npz:first/],
    [`${at("two.npz")}:third`, "INPUT_OPTION", /arrays first, second/],
    [at("frames.h5"), "INPUT_OPTION", /raw\/camera, raw\/mask, raw\/scaled, raw\/signed\. .*frames\.h5:raw/],
    [`${at("frames.h5")}:times`, "INPUT_SIZE", /found \(5\)/],
    [`${at("frames.h5")}:raw`, "INPUT_OPTION", /raw\/camera/],
    [`${at("none.h5")}:raw`, "INPUT_NOT_FOUND", /none\.h5/],
  ] as const) {
    await assert.rejects(openStack(source), { code, message }, source);
  }
});

test("a cut-off archive is refused", async (t) => {
  const cut = join(temporaryFolder(t), "cut.npz");
  writeFileSync(cut, readFileSync(at("two.npz")).subarray(0, 400));
  await assert.rejects(openStack(`${cut}:first`), { code: "INPUT_FORMAT" });
});

test("maps written for numpy come back as they were, or not at all", async (t) => {
  const path = join(temporaryFolder(t), "maps.npy");
  const writer = await NpyWriter.create(path, [2, 1, 3]);
  await writer.write(Float32Array.of(1, 2.5, -3));
  await assert.rejects(writer.write(Float32Array.of(1)), { code: "INPUT_SIZE" });
  await writer.write(Float32Array.of(4, 5, 6));
  await writer.finish();
  assert.deepEqual((await framesOf(path)).frames, [
    [1, 2.5, -3],
    [4, 5, 6],
  ]);
  const short = await NpyWriter.create(join(temporaryFolder(t), "short.npy"), [2, 1, 1]);
  await short.write(Float32Array.of(1));
  await assert.rejects(short.finish(), { code: "INPUT_SIZE" });
  await short.abort();
});

test("values that float32 would change are refused by name, on the way to counts of other numbers", async (t) => {
  const path = join(temporaryFolder(t), "large.npy");
  // The first integers that float32 does not hold: 2^24 + 1, and its negative.
  const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1, 2), }".padEnd(117);
  const start = Buffer.concat([
    Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0]),
    Buffer.from(`${header}\n`),
  ]);
  writeFileSync(
    path,
    Buffer.concat([start, Buffer.from(Int32Array.of(2 ** 24, -(2 ** 24), 5, 16_777_217).buffer)]),
  );
  const stack = await openStack(path);
  assert.deepEqual([...(await stack.read(0)).pixels], [16_777_216, -16_777_216]);
  await assert.rejects(stack.read(1), {
    code: "INPUT_PIXEL_VALUE",
    message: /large\.npy, frame 2: .*found 16777217, which would become 16777216\. .*uint16/,
  });
  await stack.close();
});

test("results are called after their source, arrays after file and array", () => {
  assert.deepEqual(resultName(join("a", "run.ome.tif")), { folder: "a", stem: "run" });
  assert.deepEqual(resultName(`${join("a", "set.h5")}:input/x`), { folder: "a", stem: "set.input.x" });
  assert.deepEqual(resultName(`${join("a", "b.npz")}:first`), { folder: "a", stem: "b.first" });
  assert.deepEqual(resultName("frames.npy"), { folder: ".", stem: "frames" });
  assert.deepEqual(resultName(join("a", "run.ome.zarr")), { folder: "a", stem: "run" });
  assert.deepEqual(resultName("a/run.zarr/"), { folder: "a", stem: "run" });
  assert.deepEqual(resultName("a/run.zarr/1/0"), { folder: "a", stem: "run.1.0" });
  for (const name of ["run.dax", "run.SPE", "run.sif", "run.nd2", "run.raw"]) {
    assert.deepEqual(resultName(name), { folder: ".", stem: "run" });
  }
});
