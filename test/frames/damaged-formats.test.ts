import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { DefconError } from "../../src/base/errors.js";
import { packageRoot } from "../../src/base/home.js";
import { Random } from "../../src/base/random.js";
import { openStack } from "../../src/frames/open-stack.js";
import { temporaryFolder } from "../support/temporary.js";

/** Written by scripts/oracle/corpus_formats.py. */
const FORMATS = join(packageRoot, "test", "data", "frames", "formats");
const SEED = 18;
/** Damages of each recording. */
const ROUNDS = 12;

const RECORDINGS = [
  "little.dax",
  "two-u2.spe",
  "three-u2.spe",
  "solis-65567.sif",
  "slices.nd2",
  "picasso-uint16-big.raw",
  "four-blosc.ome.zarr",
  "four-zlib.ome.zarr",
  "five-zstd.ome.zarr",
  "sharded.zarr",
  "fortran-float32.npy",
  "packed.npz",
];

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

/** A file cut off, or with some bytes changed, mostly those of headers at its start and end. */
function damaged(bytes: Buffer, random: Random): Buffer {
  if (random.below(4) === 0) return bytes.subarray(0, random.below(bytes.length + 1));
  const result = Buffer.from(bytes);
  for (let i = random.below(8); i >= 0; i--) {
    const place = random.below(3);
    const near = random.below(Math.min(result.length, 256));
    const at = [near, result.length - 1 - near, random.below(result.length)][place]!;
    result[at] = [0, 255, random.below(256)][random.below(3)]!;
  }
  return result;
}

for (const name of RECORDINGS) {
  test(`a damaged ${name} is read as far as it is whole, or refused by a typed error`, async (t) => {
    const random = new Random(SEED, name);
    for (let round = 0; round < ROUNDS; round++) {
      const folder = temporaryFolder(t);
      cpSync(join(FORMATS, name), join(folder, name), { recursive: true });
      for (const ending of [".inf", ".yaml"]) {
        const beside = name.replace(extname(name), ending);
        if (beside !== name && existsSync(join(FORMATS, beside))) {
          cpSync(join(FORMATS, beside), join(folder, beside));
        }
      }
      const files = filesIn(folder);
      const file = files[random.below(files.length)]!;
      writeFileSync(file, damaged(readFileSync(file), random));
      try {
        const stack = await openStack(join(folder, name));
        try {
          for await (const frame of stack.frames(0, Math.min(stack.info.frames, 20))) {
            assert.equal(frame.pixels.length, stack.info.width * stack.info.height);
          }
        } finally {
          await stack.close();
        }
      } catch (error) {
        assert.ok(error instanceof DefconError && error.code !== "INTERNAL", `round ${round}: ${error}`);
        assert.ok(error.trouble.expected && error.trouble.found, error.message);
      }
    }
  });
}

test("a chunk that announces or unpacks more than it holds is refused before memory is taken for it", async (t) => {
  // Sizes in the headers of Blosc, LZ4 and Zstandard (RFC 8878) are a gigabyte.
  const zeros = Buffer.alloc(2 ** 24);
  const blosc = readFileSync(join(FORMATS, "four-blosc.ome.zarr", "0", "0", "0", "0"));
  blosc.writeUInt32LE(2 ** 30, 4);
  const zstandard = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40, 1, 0, 0]);
  for (const [name, chunk, bytes] of [
    ["four-gzip.ome.zarr", "0/0/0/0", gzipSync(zeros)],
    ["four-zlib.ome.zarr", "0/0/0/0", deflateSync(zeros)],
    ["four-blosc.ome.zarr", "0/0/0/0", blosc],
    ["four-zstd.ome.zarr", "0/0/0/0", zstandard],
    ["four-lz4.ome.zarr", "0/0/0/0", Buffer.from([0, 0, 0, 0x40, 1, 2, 3])],
    ["five-gzip.ome.zarr", "0/c/0/0/0", gzipSync(zeros)],
  ] as const) {
    const folder = temporaryFolder(t);
    cpSync(join(FORMATS, name), join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, chunk), bytes);
    const stack = await openStack(join(folder, name));
    await assert.rejects(
      stack.read(0),
      { code: "INPUT_FORMAT", message: /frame 1: .*(larger than|bytes in a chunk of)/ },
      name,
    );
    assert.equal((await stack.read(1)).pixels.length, 99);
    await stack.close();
  }
});

test("a whole folder of OME-Zarr is still read after damaged ones", async () => {
  const stack = await openStack(join(FORMATS, "four-blosc.ome.zarr"));
  const right = await openStack(join(FORMATS, "ome-zarr-0.4-blosc.right.npy"));
  assert.deepEqual((await stack.read(3)).pixels, (await right.read(3)).pixels);
  await Promise.all([stack.close(), right.close()]);
});
