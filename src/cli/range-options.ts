import { InvalidArgumentError } from "commander";
import { wholeNumber } from "../base/number-rule.js";
import type { AskedFrames, Shard } from "../predict/frame-range.js";

/** Parses `--frames`: "7", "101-200" or "101-". It throws what commander shows as a wrong value. */
export function askedFrames(text: string): AskedFrames {
  const [, first, dash, last] = /^([1-9]\d*)(?:(-)([1-9]\d*)?)?$/.exec(text.trim()) ?? [];
  const from = Number(first);
  const to = dash === undefined ? from : last === undefined ? undefined : Number(last);
  if (!Number.isSafeInteger(from) || (to !== undefined && !(Number.isSafeInteger(to) && to >= from))) {
    throw new InvalidArgumentError(`Expected frames such as 101-200 or 101-, found ${text || "nothing"}.`);
  }
  return { from, ...(to !== undefined && { to }) };
}

/** Most parts of a stack: beyond this, a number is a slip. */
const MOST_SHARDS = 1_000_000;

/** How many parts a stack may have. */
export const SHARDS_RULE = wholeNumber(1, MOST_SHARDS);

/** Parses `--shard`: "3/8". It throws what commander shows as a wrong value. */
export function shardOf(text: string): Shard {
  const [index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text.trim()) ?? []).slice(1).map(Number);
  if (index >= 1 && index <= of && SHARDS_RULE.holds(of)) return { index, of };
  throw new InvalidArgumentError(
    `Expected a part such as 3/8, from 1/8 to 8/8, of at most ${MOST_SHARDS} parts, found ${text || "nothing"}.`,
  );
}
