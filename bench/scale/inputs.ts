import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { openStack } from "../../src/frames/open-stack.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { ZarrWriter } from "../../src/frames/zarr-writer.js";
import { spotsFrame } from "../frames.js";
import { median } from "../statistics.js";

/** What one frame of a size costs with one model, seconds of a core: other programs hardly change it. */
export interface FrameCosts {
  model: string;
  /** Of a square frame, pixels. */
  side: number;
  /** Of a run of the program, until its first frame is counted. */
  start: number;
  /** A frame through the whole of `predict`: read, counted, its map written. */
  frame: number;
  /** Of these: reading it, and writing its map as tif and as OME-Zarr. */
  read: number;
  write: number;
  writeZarr: number;
  /** Reading a map and writing it again. */
  join: number;
}

/** Frames of each size: more than are judged one by one, and as many more as take some seconds. */
const SIZES: readonly { side: number; more: number }[] = [
  { side: 64, more: 2048 },
  { side: 256, more: 256 },
  { side: 512, more: 96 },
];
const MODELS = ["defcon", "defcon-fast"] as const;
/** The first frames of a recording are all judged; those after them cost less. */
const JUDGED = 64;
const TURNS = 3;

/**
 * Measures runs of `predict` that are kept to one core, and reading and writing by themselves. Time is
 * that of the processor: waits for a disk are the simulation's.
 */
export async function measureInputs(): Promise<FrameCosts[]> {
  const folder = mkdtempSync(join(tmpdir(), "defcon-scale-"));
  try {
    const costs: FrameCosts[] = [];
    for (const { side, more } of SIZES) {
      const stack = join(folder, `frames-${side}.tif`);
      await writeStack(stack, side, JUDGED + more);
      const { read, write, writeZarr, join: joined } = await readingAndWriting(folder, stack, side);
      for (const model of MODELS) {
        const turns = Array.from({ length: TURNS }, () => ({
          one: predictSeconds(stack, model, folder, "1-1"),
          few: predictSeconds(stack, model, folder, `1-${JUDGED}`),
          all: predictSeconds(stack, model, folder, `1-${JUDGED + more}`),
        }));
        const frame = median(turns.map(({ few, all }) => (all - few) / more));
        const start = median(turns.map(({ one }) => one)) - frame;
        costs.push({ model, side, start, frame, read, write, writeZarr, join: joined });
        console.log(`${model} ${side}: start ${start.toFixed(2)} s, ${(1 / frame).toFixed(1)} frames/s`);
      }
    }
    return costs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeStack(path: string, side: number, frames: number): Promise<void> {
  const writer = await createStackWriter(path, { width: side, height: side, frames, pixelType: "uint16" });
  const pixels = spotsFrame(side);
  for (let i = 0; i < frames; i++) await writer.write(pixels);
  await writer.finish();
}

/** Time that a run takes of a core, of which it has one. */
function predictSeconds(stack: string, model: string, folder: string, frames: string): number {
  const program = [process.execPath, join(packageRoot, "bin", "defcon-fiji.js")];
  const words = ["predict", stack, "-m", model, "--frames", frames, "-o", join(folder, "out"), "--force"];
  const timed = 'TIMEFORMAT="%U %S"; time taskset -c 0 "$@" >&2';
  const run = spawnSync("bash", ["-c", timed, "bash", ...program, ...words], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`bash and taskset, of Linux, could not time predict: ${run.stderr}`);
  const [user, system] = run.stderr.trimEnd().split("\n").at(-1)!.split(" ").map(Number);
  return user! + system!;
}

async function readingAndWriting(folder: string, stack: string, side: number) {
  const frames = await openStack(stack);
  const { info } = frames;
  await frames.close();
  const seconds = async (work: () => Promise<void>) => {
    const taken: number[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      taken.push((user + system) / 1e6 / info.frames);
    }
    return median(taken);
  };
  const read = await seconds(() => readAll(stack));
  // A map of these frames, for it is packed much faster than noise.
  predictSeconds(stack, MODELS[0], folder, "1-1");
  const maps = await openStack(join(folder, "out", `frames-${side}.density.tif`));
  const map = (await maps.read(0)).pixels as Float32Array;
  await maps.close();
  const [tif, zarr] = [join(folder, "maps.tif"), join(folder, "maps.ome.zarr")];
  const options = { width: side, height: side, frames: info.frames, calibration: {} };
  const write = await seconds(async () => {
    const writer = await createStackWriter(tif, { ...options, force: true });
    for (let i = 0; i < info.frames; i++) await writer.write(map);
    await writer.finish();
  });
  const writeZarr = await seconds(async () => {
    const writer = await ZarrWriter.create(zarr, { ...options, force: true });
    for (let i = 0; i < info.frames; i++) await writer.write(map);
    await writer.finish();
  });
  const readMap = await seconds(() => readAll(tif));
  return { read, write, writeZarr, join: readMap + write };
}

async function readAll(path: string): Promise<void> {
  const stack = await openStack(path);
  for await (const _ of stack.frames());
  await stack.close();
}
