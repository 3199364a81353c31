import { type Certainty, OUTPUTS } from "./certainty.js";
import { SIGNS } from "./frame-signs.js";
import { KINDS } from "./kinds.js";
import type { Perceptron } from "./perceptron.js";

/** Largest factor; a larger one means a damaged file. */
const MOST_FACTOR = 1_000;
/** Digits that are kept of each number. */
const DIGITS = 6;

/** A certainty as JSON, as model files keep it. It starts with the meaning of its numbers. */
export function certaintyText(certainty: Certainty): string {
  const { errors, kinds, factors, limits, ranges, frames, trainedOn } = certainty;
  const short = (values: ArrayLike<number>) =>
    Array.from(values, (value) => Number(value.toPrecision(DIGITS)));
  const network = ({ mean, deviation, first, second }: Perceptron) => ({
    ...{ mean: short(mean), deviation: short(deviation), first: short(first), second: short(second) },
  });
  return JSON.stringify({
    signs: SIGNS,
    kindNames: KINDS,
    factors: short(factors),
    limits: short(limits),
    ranges: Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, short(range)])),
    ...{ frames, trainedOn },
    errors: network(errors),
    kinds: network(kinds),
  });
}

/**
 * Reads what {@link certaintyText} wrote.
 * @returns undefined for a certainty with other signs, which a program of another version wrote:
 * its numbers mean nothing here
 * @throws Error that says what is wrong with it
 */
export function parseCertainty(text: string): Certainty | undefined {
  const value = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  if (String(value.signs) !== String(SIGNS) || String(value.kindNames) !== String(KINDS)) return undefined;
  const [count, maxLocalCount] = numbersIn(value, "factors", 2) as unknown as [number, number];
  for (const factor of [count, maxLocalCount]) {
    if (!(factor > 0 && factor < MOST_FACTOR)) throw new Error(`factors holds ${factor}`);
  }
  const { frames } = value;
  if (typeof frames !== "number") throw new Error("frames is no number");
  return {
    errors: perceptronIn(value, "errors", OUTPUTS.errors),
    kinds: perceptronIn(value, "kinds", OUTPUTS.kinds),
    factors: [count, maxLocalCount],
    limits: [...numbersIn(value, "limits", KINDS.length - 1)],
    frames,
    ranges: pairs(value.ranges, "ranges"),
    trainedOn: pairs(value.trainedOn, "trainedOn"),
  };
}

function perceptronIn(value: Record<string, unknown>, name: string, outputs: number): Perceptron {
  const network = (value[name] ?? {}) as Record<string, unknown>;
  const second = numbersIn(network, "second");
  const hidden = second.length / outputs - 1;
  if (!(Number.isInteger(hidden) && hidden > 0))
    throw new Error(`${name}.second holds ${second.length} numbers`);
  return {
    mean: numbersIn(network, "mean", SIGNS.length),
    deviation: numbersIn(network, "deviation", SIGNS.length),
    first: numbersIn(network, "first", hidden * (SIGNS.length + 1)),
    ...{ second, hidden, outputs },
  };
}

function numbersIn(value: Record<string, unknown>, name: string, length?: number): Float64Array {
  const list = value[name];
  const sound = Array.isArray(list) && list.every(Number.isFinite) && (length ?? list.length) === list.length;
  if (!sound) throw new Error(`${name} is no list of ${length ?? "some"} finite numbers`);
  return Float64Array.from(list as number[]);
}

function pairs(value: unknown, name: string): Record<string, readonly [number, number]> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  for (const [key, pair] of entries) {
    const sound = Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite);
    if (!sound) throw new Error(`${name}.${key} is no pair of numbers`);
  }
  return Object.fromEntries(entries) as Record<string, readonly [number, number]>;
}
