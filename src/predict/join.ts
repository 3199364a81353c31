import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { throwIfCancelled } from "../base/cancelled.js";
import { InputError, notReadable } from "../base/errors.js";
import { hasPositions } from "../frames/frame-position.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import { type FrameRange, frameRange } from "./frame-range.js";
import { countsHead, type OutputPaths, StackResults } from "./outputs.js";

/** The results of one shard. */
export interface ShardFiles extends OutputPaths {
  index: number;
  of: number;
}

/** How a join goes. */
export interface JoinOptions {
  /** Whether earlier results may be replaced. */
  force?: boolean;
  signal?: AbortSignal;
  /** Called after each frame. */
  onFrame?: () => void;
}

/**
 * Joins the results of a stack's shards. The files are those of one run over the whole stack, byte
 * for byte. The shards' files stay.
 * @param shards all of them, in order
 * @throws InputError INPUT_NOT_FOUND for a shard whose files are not there, INPUT_FORMAT for files that do
 * not belong together, OUTPUT_EXISTS, OUTPUT_WRITE; DefconError CANCELLED after `signal`
 */
export async function joinShards(
  stack: StackReader,
  shards: readonly ShardFiles[],
  to: OutputPaths,
  { force = false, signal, onFrame }: JoinOptions = {},
): Promise<void> {
  const { info, path } = stack;
  const results = await StackResults.create(to, info, info.frames, force);
  const head = countsHead(hasPositions(info));
  try {
    for (const shard of shards) {
      const range = frameRange({ path, frames: info.frames }, { shard });
      if (range.first === range.end) continue;
      await copyRows(shard.counts, head, range, results);
      await copyMaps(shard.density, stack, range, async (map) => {
        throwIfCancelled(signal);
        await results.addMap(map);
        onFrame?.();
      });
    }
    await results.finish();
  } catch (error) {
    await results.abort();
    throw error;
  }
}

/** Appends a shard's rows, which must be those of its frames, in order. */
async function copyRows(
  path: string,
  head: string,
  { first, end }: FrameRange,
  to: StackResults,
): Promise<void> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let next = -1;
  try {
    for await (const line of lines) {
      const expected = next === -1 ? head.trimEnd() : `${first + next + 1},`;
      if (!(next === -1 ? line === expected : line.startsWith(expected) && first + next < end)) {
        throw notItsPart(path, next === -1 ? `the head ${expected}` : `frames ${first + 1} to ${end}`, line);
      }
      if (next >= 0) await to.addRow(`${line}\n`);
      next++;
    }
  } catch (error) {
    throw error instanceof InputError ? error : notReadable(path, "a shard's table of counts", error);
  }
  if (next !== end - first) {
    throw notItsPart(path, `frames ${first + 1} to ${end}`, `${Math.max(0, next)} of ${end - first}`);
  }
}

async function copyMaps(
  path: string,
  { info: { width, height } }: StackReader,
  { first, end }: FrameRange,
  write: (map: Float32Array) => Promise<void>,
): Promise<void> {
  const maps = await openStack(path);
  try {
    const { info } = maps;
    const found = `${info.frames} of ${info.width} x ${info.height} ${info.pixelType}`;
    const expected = `${end - first} of ${width} x ${height} float32`;
    if (found !== expected) throw notItsPart(path, `density maps: ${expected}`, found);
    for await (const { pixels } of maps.frames()) await write(pixels as Float32Array);
  } finally {
    await maps.close();
  }
}

function notItsPart(path: string, expected: string, found: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: path,
    expected,
    found: found.slice(0, 80),
    advice: "Count this shard again, with the same stack and the same number of shards.",
  });
}
