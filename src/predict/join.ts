import { throwIfCancelled } from "../base/cancelled.js";
import { InputError, notReadable } from "../base/errors.js";
import { openFile } from "../base/regular-file.js";
import { hasPositions } from "../frames/frame-position.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import { sum } from "./counts.js";
import { type FrameRange, frameRange, type Shard } from "./frame-range.js";
import { countsHead, type OutputPaths, StackResults } from "./outputs.js";

/** All shards of a stack. */
export interface Shards {
  of: number;
  /** Where the results of one of them are. */
  filesOf(shard: Shard): OutputPaths;
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
 * @throws InputError INPUT_NOT_FOUND for a shard whose files are not there, INPUT_FORMAT for files that do
 * not belong together, OUTPUT_EXISTS, OUTPUT_WRITE; DefconError CANCELLED after `signal`
 */
export async function joinShards(
  stack: StackReader,
  { of, filesOf }: Shards,
  to: OutputPaths,
  { force = false, signal, onFrame }: JoinOptions = {},
): Promise<void> {
  const { info, path } = stack;
  const results = await StackResults.create(to, info, info.frames, force);
  const head = countsHead(hasPositions(info));
  try {
    for (let index = 1; index <= of; index++) {
      const shard = { index, of };
      const range = frameRange({ path, frames: info.frames }, { shard });
      if (range.first === range.end) continue;
      const files = filesOf(shard);
      const counts = await copyRows(files.counts, head, range, results);
      await copyMaps(files.density, stack, counts, async (map) => {
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

/** A row's frame and count. */
const ROW = /^(\d+),([^,]+),[^,]/;

/**
 * Appends a shard's rows, which must be those of its frames, in order.
 * @returns the counts in them
 */
async function copyRows(
  path: string,
  head: string,
  { first, end }: FrameRange,
  to: StackResults,
): Promise<number[]> {
  const expected = "a shard's table of counts";
  const handle = await openFile(path, expected);
  const counts: number[] = [];
  let isHead = true;
  try {
    for await (const line of handle.readLines()) {
      if (isHead) {
        if (line !== head.trimEnd()) throw notItsPart(path, `the head ${head.trimEnd()}`, line);
        isHead = false;
        continue;
      }
      const [, frame, count] = ROW.exec(line) ?? [];
      const next = first + counts.length + 1;
      if (Number(frame) !== next || next > end || !Number.isFinite(Number(count))) {
        throw notItsPart(path, `frames ${first + 1} to ${end}, each with its counts`, line);
      }
      await to.addRow(`${line}\n`);
      counts.push(Number(count));
    }
  } catch (error) {
    throw error instanceof InputError ? error : notReadable(path, expected, error);
  } finally {
    await handle.close();
  }
  if (counts.length === end - first) return counts;
  throw notItsPart(path, `frames ${first + 1} to ${end}`, `${counts.length} of ${end - first}`);
}

/** Tables have nine digits. */
const COUNT_TOLERANCE = 1e-6;

/** Appends a shard's maps. @param counts the sum of each, as the shard's table has it */
async function copyMaps(
  path: string,
  { info: { width, height } }: StackReader,
  counts: readonly number[],
  write: (map: Float32Array) => Promise<void>,
): Promise<void> {
  const maps = await openStack(path);
  try {
    const { info } = maps;
    const found = `${info.frames} of ${info.width} x ${info.height} ${info.pixelType}`;
    const expected = `${counts.length} of ${width} x ${height} float32`;
    if (found !== expected) throw notItsPart(path, `density maps: ${expected}`, found);
    let index = 0;
    for await (const { pixels } of maps.frames()) {
      const map = pixels as Float32Array;
      const [count, summed] = [counts[index++]!, sum(map)];
      if (Math.abs(summed - count) > COUNT_TOLERANCE * Math.max(1, Math.abs(count))) {
        throw notItsPart(
          path,
          `density maps of the shard's table, the ${index}. with a sum of ${count}`,
          `${summed}`,
        );
      }
      await write(map);
    }
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
