import type { Random } from "../../../src/base/random.js";

/**
 * Makes another file of a given one.
 * @param other a file of the same kind, to take pieces from
 */
export type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

/** Numbers at which programs' checks of sizes and counts tend to be wrong. */
const EDGES = [
  ...[0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1_000, 1_024, 4_096],
  ...[32_767, 32_768, 65_535, 65_536, 100_000, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1],
];

/** A number at an edge, or next to one. */
export function edge(random: Random): number {
  const value = pick(random, EDGES);
  return random.below(4) === 0 ? Math.max(0, value + random.below(3) - 1) : value;
}

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

/** Writes a number of 1, 2, 4 or 8 bytes over what is there, in either byte order. */
function overwrite(bytes: Buffer, random: Random): Buffer {
  const size = pick(
    random,
    [1, 2, 4, 8].filter((each) => each <= bytes.length),
  );
  const at = place(bytes, random, size);
  const number = Buffer.alloc(8);
  const value = edge(random);
  if (size === 8 && random.below(4) === 0) number.fill(255);
  else number.writeBigUInt64LE(BigInt(value));
  const written = number.subarray(0, size);
  if (random.below(2) === 0) written.reverse();
  written.copy(bytes, at);
  return bytes;
}

/** Adds a small number to one of 1, 2 or 4 bytes. */
function add(bytes: Buffer, random: Random): Buffer {
  const size = pick(
    random,
    [1, 2, 4].filter((each) => each <= bytes.length),
  );
  const at = place(bytes, random, size);
  const change = random.below(70) - 35;
  if (random.below(2) === 0) {
    bytes.writeUIntLE((bytes.readUIntLE(at, size) + change + 256 ** size) % 256 ** size, at, size);
  } else bytes.writeUIntBE((bytes.readUIntBE(at, size) + change + 256 ** size) % 256 ** size, at, size);
  return bytes;
}

/** A place in a file, mostly in the headers at its start and its end. */
function place(bytes: Buffer, random: Random, size: number): number {
  const last = bytes.length - size;
  const near = random.below(Math.min(last + 1, 512));
  return pick(random, [near, near, last - near, random.below(last + 1)]);
}

/** A piece of a file. */
function piece(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length + 1);
  return bytes.subarray(from, from + 1 + random.below(pick(random, [4, 32, 512])));
}

const STEPS: readonly Mutation[] = [
  (bytes, random) => {
    bytes[place(bytes, random, 1)]! ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[place(bytes, random, 1)] = random.below(256);
    return bytes;
  },
  overwrite,
  overwrite,
  add,
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + piece(bytes, random).length)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), piece(bytes, random), bytes.subarray(at)]);
  },
  (bytes, random, other) => {
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), piece(other, random), bytes.subarray(at)]);
  },
  (bytes, random, other) => {
    piece(other, random).copy(bytes, random.below(bytes.length));
    return bytes;
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return bytes.fill(pick(random, [0, 255, 32]), at, Math.min(bytes.length, at + 1 + random.below(64)));
  },
];

/** A few changes of bytes, without regard to what they mean. */
export const mutateBytes: Mutation = (bytes, random, other) => {
  let result = Buffer.from(bytes);
  for (let steps = 1 + random.below(pick(random, [1, 4, 16])); steps > 0 && result.length > 0; steps--) {
    result = Buffer.from(pick(random, STEPS)(result, random, other));
  }
  return result;
};
