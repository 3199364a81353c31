import { type Certainty, OUTPUTS } from "./certainty.js";
import { SIGNS } from "./frame-signs.js";
import { KINDS } from "./kinds.js";

/** Digits that are kept of each number. */
const DIGITS = 6;

/** A certainty as JSON, as model files keep it. It begins with what its numbers stand for. */
export function certaintyText({ network, factors, leastOdds, ranges, trainedOn }: Certainty): string {
  const short = (values: ArrayLike<number>) =>
    Array.from(values, (value) => Number(value.toPrecision(DIGITS)));
  return JSON.stringify({
    signs: SIGNS,
    kinds: KINDS,
    factors: short(factors),
    leastOdds: Number(leastOdds.toPrecision(DIGITS)),
    ranges: Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, short(range)])),
    trainedOn,
    mean: short(network.mean),
    deviation: short(network.deviation),
    first: short(network.first),
    second: short(network.second),
  });
}

/**
 * Reads what {@link certaintyText} wrote.
 * @returns undefined for one that other signs are behind: a program of another version wrote it, whose numbers mean nothing here
 * @throws Error saying what is wrong with it
 */
export function parseCertainty(text: string): Certainty | undefined {
  const value = JSON.parse(text) as Record<string, unknown>;
  if (String(value.signs) !== String(SIGNS) || String(value.kinds) !== String(KINDS)) return undefined;
  const numbers = (name: string, length?: number): Float64Array => {
    const list = value[name];
    const sound =
      Array.isArray(list) && list.every(Number.isFinite) && (length ?? list.length) === list.length;
    if (!sound) throw new Error(`${name} holds ${Array.isArray(list) ? list.length : "no"} finite numbers`);
    return Float64Array.from(list as number[]);
  };
  const second = numbers("second");
  const hidden = second.length / OUTPUTS - 1;
  if (!(Number.isInteger(hidden) && hidden > 0)) throw new Error(`second holds ${second.length} numbers`);
  const [count, maxLocalCount] = numbers("factors", 2) as unknown as [number, number];
  const leastOdds = value.leastOdds;
  if (typeof leastOdds !== "number") throw new Error("leastOdds is no number");
  return {
    network: {
      mean: numbers("mean", SIGNS.length),
      deviation: numbers("deviation", SIGNS.length),
      first: numbers("first", hidden * (SIGNS.length + 1)),
      second,
      hidden,
      outputs: OUTPUTS,
    },
    factors: [count, maxLocalCount],
    leastOdds,
    ranges: pairs(value.ranges, "ranges"),
    trainedOn: pairs(value.trainedOn, "trainedOn"),
  };
}

function pairs(value: unknown, name: string): Record<string, readonly [number, number]> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  for (const [key, pair] of entries) {
    const sound = Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
    if (!sound) throw new Error(`${name}.${key} is no pair of numbers`);
  }
  return Object.fromEntries(entries) as Record<string, readonly [number, number]>;
}
