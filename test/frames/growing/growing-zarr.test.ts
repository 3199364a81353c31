import assert from "node:assert/strict";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Growth } from "../../../src/frames/growing/growing-source.js";
import { GrowingZarr } from "../../../src/frames/growing/growing-zarr.js";
import { type Ending, temporaryFolder } from "../../support/temporary.js";

const [WIDTH, HEIGHT] = [4, 3];

/** A frame whose pixels say which one it is. */
const frameOf = (index: number) =>
  Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => 100 * index + i + 1);

/** An array of Zarr 3 without compression, written file by file. */
class Store {
  readonly path: string;
  private seconds = 1_000_000;

  constructor(context: Ending) {
    this.path = join(temporaryFolder(context), "run.zarr");
    mkdirSync(this.path);
  }

  /** @param chunk its shape; that of a shard where chunks inside are given */
  describe(frames: number, chunk: readonly number[] = [1, HEIGHT, WIDTH], inside?: readonly number[]): void {
    const bytes = { name: "bytes", configuration: { endian: "little" } };
    const sharding = {
      name: "sharding_indexed",
      configuration: { chunk_shape: inside, codecs: [bytes], index_codecs: [bytes], index_location: "end" },
    };
    const metadata = {
      ...{ zarr_format: 3, node_type: "array", shape: [frames, HEIGHT, WIDTH], data_type: "uint16" },
      chunk_grid: { name: "regular", configuration: { chunk_shape: chunk } },
      chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
      ...{ fill_value: 0, codecs: [inside ? sharding : bytes], attributes: {} },
    };
    this.write("zarr.json", JSON.stringify(metadata));
  }

  /** Writes a file; each write has a time of its own, whatever the clock's steps are. */
  write(name: string, content: string | Uint8Array): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    this.seconds++;
    utimesSync(path, this.seconds, this.seconds);
  }

  frame(index: number, pixels = frameOf(index)): void {
    this.write(`c/${index}/0/0`, new Uint8Array(pixels.buffer));
  }
}

const wholeIn = ({ stack }: Growth) => stack?.info.frames ?? 0;

/** Looks so often, and gives the last look. */
async function looks(source: GrowingZarr, times: number): Promise<Growth> {
  for (let i = 1; i < times; i++) await source.look();
  return source.look();
}

test("in a file whose room was taken in advance, a frame is whole once the file stays as it is, or a later one begins", async (t) => {
  const store = new Store(t);
  store.describe(9);
  store.frame(0);
  const source = new GrowingZarr(store.path);
  await source.look();
  assert.equal(wholeIn(await source.look()), 1);
  store.frame(1, new Uint16Array(WIDTH * HEIGHT));
  const room = await source.look();
  assert.deepEqual([wholeIn(room), room.more], [1, true]);
  store.frame(1);
  assert.equal(wholeIn(await source.look()), 1, "it was written again");
  const same = await source.look();
  assert.deepEqual([wholeIn(same), same.more], [2, false]);
  assert.deepEqual((await same.stack!.read(1)).pixels, frameOf(1));
  store.frame(2);
  store.frame(3);
  const followed = await source.look();
  assert.deepEqual([wholeIn(followed), followed.more], [3, true]);
  assert.deepEqual((await followed.stack!.read(2)).pixels, frameOf(2));
});

test("a frame that lacks a chunk holds up those after it, and is told at the end", async (t) => {
  const store = new Store(t);
  store.describe(9, [1, 2, WIDTH]);
  const source = new GrowingZarr(store.path);
  const half = new Uint8Array(2 * 2 * WIDTH).fill(1);
  for (const frame of [0, 1, 2]) {
    store.write(`c/${frame}/0/0`, half);
    if (frame !== 1) store.write(`c/${frame}/1/0`, half);
  }
  await source.look();
  const { rest, ...growth } = await source.look();
  assert.equal(wholeIn(growth as Growth), 1);
  assert.match(rest!, /^frame 2, which lacks a chunk, and those after it/);
  store.write("c/1/1/0", half);
  assert.equal(wholeIn(await looks(source, 2)), 3);
  rmSync(join(store.path, "c/0/1/0"));
  await assert.rejects((await source.look()).stack!.read(0), {
    code: "INPUT_TRUNCATED",
    message: /one of them missing/,
  });
});

test("an array that had its size from the start ends once all frames are whole; one that grows ends once it is cut", async (t) => {
  const sized = new Store(t);
  sized.describe(4);
  const first = new GrowingZarr(sized.path);
  for (const frame of [0, 1, 2, 3]) {
    sized.frame(frame);
    assert.equal((await looks(first, 2)).expected, undefined);
  }
  assert.equal((await looks(first, 12)).expected, 4);

  const growing = new Store(t);
  const second = new GrowingZarr(growing.path);
  for (const frame of [0, 1, 2]) {
    growing.describe(frame + 1);
    growing.frame(frame);
    assert.equal((await looks(second, 15)).expected, undefined, "it may grow on");
  }
  growing.describe(30);
  assert.equal((await looks(second, 15)).expected, undefined);
  growing.describe(3);
  assert.equal((await second.look()).expected, 3);
});

test("a folder whose metadata are still to come is waited for, an array without frames too; damage is not for ever", async (t) => {
  const store = new Store(t);
  const source = new GrowingZarr(store.path);
  assert.match((await looks(source, 40)).rest!, /expected an image or array of Zarr/);
  store.describe(0);
  assert.equal((await looks(source, 40)).stack, undefined);
  store.describe(2);
  store.write("c/0/0/0", new Uint8Array(5));
  assert.match((await looks(source, 3)).rest!, /frame 1, which is not whole/);
  store.frame(1);
  await assert.rejects(looks(source, 2), { code: "INPUT_FORMAT", message: /frame 1.*damaged/s });
  store.write("zarr.json", "{");
  const damaged = new GrowingZarr(store.path);
  await assert.rejects(looks(damaged, 40), { code: "INPUT_FORMAT" });
});

test("chunks and shards of several frames are refused, and frames that change their size", async (t) => {
  const store = new Store(t);
  for (const [chunk, inside] of [
    [[2, HEIGHT, WIDTH], undefined],
    [
      [2, HEIGHT, WIDTH],
      [1, HEIGHT, WIDTH],
    ],
  ] as const) {
    store.describe(4, chunk, inside);
    await assert.rejects(new GrowingZarr(store.path).look(), {
      code: "INPUT_FORMAT",
      message: /chunks or shards of several frames.*without --follow/s,
    });
  }
  store.describe(4, [1, HEIGHT, WIDTH], [1, 1, WIDTH]);
  assert.equal((await new GrowingZarr(store.path).look()).stack, undefined);
});
