import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * Random numbers that follow from a seed and a path of names and numbers.
 * Streams of different paths are independent: what is drawn for one epoch, batch or purpose does
 * not depend on how much was drawn before it.
 */
export class Random {
  private readonly generator: RandomGenerator;
  private spareNormal: number | undefined;

  /** @param path what the numbers are for, such as ("augment", epoch, batch) */
  constructor(seed: number, ...path: readonly (string | number)[]) {
    const digest = createHash("sha256")
      .update(JSON.stringify([seed, ...path]))
      .digest();
    this.generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  }

  /** 32 random bits, as a signed integer. */
  bits(): number {
    return this.generator.next();
  }

  /** From low up to but not including high. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.generator);
  }

  /** A whole number from 0 up to but not including `end`. */
  below(end: number): number {
    return uniformInt(this.generator, 0, end - 1);
  }

  /** From the standard normal distribution (Box and Muller 1958). */
  normal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** The numbers 0 to count - 1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}
