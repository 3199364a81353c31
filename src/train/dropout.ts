import type { Random } from "../base/random.js";

/** Most bits drawn for one factor. */
const MAX_BITS = 16;

/**
 * Fills in a dropout layer's factors (Srivastava et al. 2014).
 * A factor is 0 with the probability `rate`, else 1 / (1 - rate), which keeps means.
 * @param rate a whole number of 65536ths
 */
export function fillDropout(factors: Float32Array, rate: number, random: Random): void {
  const bits = bitsFor(rate);
  const perDraw = Math.floor(32 / bits);
  const mask = 2 ** bits - 1;
  const threshold = rate * 2 ** bits;
  const kept = 1 / (1 - rate);
  for (let i = 0; i < factors.length; ) {
    let word = random.bits();
    const end = Math.min(factors.length, i + perDraw);
    for (; i < end; i++) {
      factors[i] = (word & mask) < threshold ? 0 : kept;
      word >>>= bits;
    }
  }
}

/** The fewest random bits that give the rate exactly. */
function bitsFor(rate: number): number {
  let bits = 1;
  while (bits < MAX_BITS && !Number.isInteger(rate * 2 ** bits)) bits++;
  return bits;
}
