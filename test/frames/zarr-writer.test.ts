import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { GrowingZarr } from "../../src/frames/growing/growing-zarr.js";
import { openStack } from "../../src/frames/open-stack.js";
import { ZarrWriter, type ZarrWriterOptions } from "../../src/frames/zarr-writer.js";
import { collect } from "../support/collect.js";
import { temporaryFolder } from "../support/temporary.js";

const [width, height] = [3, 2];
/** A map whose values are told by its number: 100, 100.25, … for the first. */
const map = (number: number) => Float32Array.from({ length: width * height }, (_, i) => 100 * number + i / 4);

async function write(path: string, count: number, options: Partial<ZarrWriterOptions> = {}): Promise<void> {
  const writer = await ZarrWriter.create(path, { width, height, calibration: {}, frames: count, ...options });
  for (let i = 1; i <= count; i++) await writer.write(map(i));
  await writer.finish();
}

/** What is below a folder, files and folders, in the order of their names. */
const below = (path: string) => readdirSync(path, { recursive: true }).map(String).toSorted();

async function readBack(path: string) {
  const stack = await openStack(path);
  const { info } = stack;
  const values = (await collect(stack.frames())).map(({ pixels }) => [...pixels]);
  await stack.close();
  return { info, values };
}

test("a file for each map has its bytes, little endian and packed by gzip, under the name that Zarr 3 gives it", async (t) => {
  const path = join(temporaryFolder(t), "a.ome.zarr");
  await write(path, 2);
  const parts = (...names: string[]) => names.map((name) => join(...name.split("/")));
  assert.deepEqual(
    below(path),
    parts(
      ...["0", "0/c", "0/c/0", "0/c/0/0", "0/c/0/0/0", "0/c/1", "0/c/1/0", "0/c/1/0/0"],
      ...["0/zarr.json", "zarr.json"],
    ),
  );
  const bytes = gunzipSync(readFileSync(join(path, "0", "c", "1", "0", "0")));
  assert.deepEqual(
    Array.from({ length: 6 }, (_, i) => bytes.readFloatLE(4 * i)),
    [200, 200.25, 200.5, 200.75, 201, 201.25],
  );
  assert.equal(bytes.length, 24);
});

test("maps, calibration and arrangement are read as they were written, in any order of frames", async (t) => {
  const folder = temporaryFolder(t);
  const calibration = {
    ...{ pixelWidth: 0.1067, pixelHeight: 0.1067, pixelDepth: 0.25 },
    ...{ unit: "µm", frameInterval: 0.0303 },
  };
  const layout = { channels: 2, slices: 3, timePoints: 2 };
  await write(join(folder, "all.ome.zarr"), 12, { calibration, layout });
  const all = await readBack(join(folder, "all.ome.zarr"));
  assert.deepEqual(all.info, { ...{ width, height, frames: 12, pixelType: "float32" }, calibration, layout });
  assert.deepEqual(
    all.values,
    Array.from({ length: 12 }, (_, i) => [...map(i + 1)]),
  );

  // Frames that come slices first: (channel, slice, time) of each.
  const positions = [
    [1, 1, 1],
    [1, 2, 1],
    [2, 1, 1],
    [2, 2, 1],
  ].map(([channel, slice, time]) => ({ channel: channel!, slice: slice!, time: time! }));
  await write(join(folder, "placed.ome.zarr"), 4, {
    layout: { channels: 2, slices: 2, timePoints: 1 },
    positions,
  });
  const placed = await readBack(join(folder, "placed.ome.zarr"));
  assert.deepEqual(
    placed.values.map(([first]) => first! / 100),
    [1, 3, 2, 4],
  );

  await write(join(folder, "slices.ome.zarr"), 3, { layout: { channels: 1, slices: 3, timePoints: 1 } });
  const { info } = await readBack(join(folder, "slices.ome.zarr"));
  assert.deepEqual(info.layout, { channels: 1, slices: 3, timePoints: 1 });
  assert.deepEqual(info.calibration, {});
});

test("the number of maps may be known only at the end", async (t) => {
  const path = join(temporaryFolder(t), "a.ome.zarr");
  // More than are written at a time.
  await write(path, 30, { frames: undefined, calibration: { frameInterval: 0.5 } });
  const { info, values } = await readBack(path);
  assert.equal(info.frames, 30);
  assert.equal(info.calibration.frameInterval, 0.5);
  assert.deepEqual(values[29], [...map(30)]);
});

test("a store of maps can be followed: all its frames are whole", async (t) => {
  const path = join(temporaryFolder(t), "a.ome.zarr");
  await write(path, 5);
  const growing = new GrowingZarr(path);
  t.after(() => growing.close());
  await growing.look();
  const { stack } = await growing.look();
  assert.equal(stack!.info.frames, 5);
  assert.deepEqual([...(await stack!.read(4)).pixels], [...map(5)]);
});

test("maps that are missing or of another size leave nothing, and neither does a killed writer", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.ome.zarr");
  const short = await ZarrWriter.create(path, { width, height, calibration: {}, frames: 3 });
  await short.write(map(1));
  await assert.rejects(short.finish(), { code: "INPUT_SIZE", message: /expected 3 maps of 6 values/ });
  assert.deepEqual(readdirSync(folder), []);

  const wrong = await ZarrWriter.create(path, { width, height, calibration: {} });
  await assert.rejects(wrong.write(new Float32Array(5)), { code: "INPUT_SIZE", message: /found 5 values/ });
  await wrong.abort();
  assert.deepEqual(readdirSync(folder), []);

  const module = new URL("../../src/frames/zarr-writer.js", import.meta.url).href;
  const script = `const { ZarrWriter } = await import(${JSON.stringify(module)});
    const writer = await ZarrWriter.create(${JSON.stringify(path)}, { width: 3, height: 2, calibration: {} });
    for (let i = 0; i < 20; i++) await writer.write(new Float32Array(6));
    process.kill(process.pid, "SIGKILL");`;
  assert.equal(spawnSync(process.execPath, ["--input-type=module", "-e", script]).signal, "SIGKILL");
  assert.ok(!existsSync(path));
  const [left, ...others] = readdirSync(folder);
  assert.match(left!, /^\..*\.partial$/);
  assert.deepEqual(others, []);
  assert.ok(!below(join(folder, left!)).some((name) => name.endsWith("zarr.json")));

  // The next one removes what was left.
  await write(path, 1);
  assert.deepEqual(readdirSync(folder), ["a.ome.zarr"]);
});

test("a store of maps is replaced with force alone, a recording in OME-Zarr never", async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "a.ome.zarr");
  await write(path, 2);
  await assert.rejects(write(path, 1), {
    code: "OUTPUT_EXISTS",
    message: /found an OME-Zarr image of density maps\. .* replace it with --force/,
  });
  await write(path, 1, { force: true });
  assert.equal((await readBack(path)).info.frames, 1);

  // The same without what this program says of its maps: a recording.
  const recording = join(folder, "recording.ome.zarr");
  cpSync(path, recording, { recursive: true });
  const head = JSON.parse(readFileSync(join(recording, "zarr.json"), "utf8"));
  delete head.attributes["defcon-fiji"];
  writeFileSync(join(recording, "zarr.json"), JSON.stringify(head));
  const added = join(folder, "added.ome.zarr");
  cpSync(path, added, { recursive: true });
  mkdirSync(join(added, "labels"));
  for (const other of [recording, added]) {
    const before = below(other);
    await assert.rejects(write(other, 1, { force: true }), {
      code: "OUTPUT_EXISTS",
      message: /with anything else in it is never replaced/,
    });
    assert.deepEqual(below(other), before);
  }
  const file = join(folder, "file.ome.zarr");
  writeFileSync(file, "years");
  await assert.rejects(write(file, 1, { force: true }), { code: "OUTPUT_WRITE" });
  assert.equal(readFileSync(file, "utf8"), "years");
});
