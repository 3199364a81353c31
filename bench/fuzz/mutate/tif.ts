import type { Random } from "../../../src/base/random.js";
import { edge, type Mutation, mutateBytes, pick } from "./bytes.js";

/** Tags that a reader acts on (TIFF 6.0 and its supplements; 50838 and 50839 are ImageJ's). */
const TAGS = [
  ...[254, 256, 257, 258, 259, 262, 266, 270, 273, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323],
  ...[324, 325, 338, 339, 347, 32997, 33628, 33629, 34665, 50838, 50839, 51123, 50674],
];
const COMPRESSIONS = [1, 2, 3, 5, 6, 7, 8, 32773, 32946, 34887, 34925, 50000, 50001, 34712];

/** Where the entries of a tif's pages lie, and how long each is. */
interface Layout {
  entries: number[];
  isBig: boolean;
  isLittle: boolean;
}

/** Changes entries of a tif's pages: tags, types, counts, values, links; sometimes only bytes. */
export const mutateTif: Mutation = (bytes, random, other) => {
  const result = Buffer.from(bytes);
  const layout = layoutOf(result);
  if (layout.entries.length === 0 || random.below(3) === 0) return mutateBytes(bytes, random, other);
  for (let steps = 1 + random.below(pick(random, [1, 3, 8])); steps > 0; steps--) {
    changeEntry(result, layout, random);
  }
  return random.below(6) === 0 ? mutateBytes(result, random, other) : result;
};

function changeEntry(bytes: Buffer, { entries, isBig, isLittle }: Layout, random: Random): void {
  const at = pick(random, entries);
  const write = (value: number, offset: number, size: number) => {
    if (offset + size > bytes.length) return;
    const number = Buffer.alloc(8);
    number.writeBigUInt64LE(BigInt(value));
    const written = number.subarray(0, size);
    if (!isLittle) written.reverse();
    written.copy(bytes, offset);
  };
  const [countSize, valueAt] = isBig ? [8, at + 12] : [4, at + 8];
  switch (random.below(6)) {
    case 0:
      write(pick(random, TAGS), at, 2);
      break;
    case 1:
      write(random.below(20), at + 2, 2);
      break;
    case 2:
      write(edge(random), at + 4, countSize);
      break;
    case 3:
      write(pick(random, COMPRESSIONS), valueAt, 2);
      break;
    case 4: {
      // An entry in the place of another.
      const from = pick(random, entries);
      bytes.copy(bytes, at, from, from + (isBig ? 20 : 12));
      break;
    }
    default:
      write(
        random.below(3) === 0 ? random.below(bytes.length) : edge(random),
        valueAt,
        pick(random, [1, 2, countSize]),
      );
  }
}

function layoutOf(bytes: Buffer): Layout {
  const isLittle = bytes[0] === 0x49;
  const read = (offset: number, size: number): number => {
    if (offset < 0 || offset + size > bytes.length) return -1;
    const number = Buffer.alloc(8);
    const digits = Buffer.from(bytes.subarray(offset, offset + size));
    if (!isLittle) digits.reverse();
    digits.copy(number);
    return Number(number.readBigUInt64LE());
  };
  const isBig = read(2, 2) === 43;
  const [pointer, counter, size] = isBig ? [8, 8, 20] : [4, 2, 12];
  const entries: number[] = [];
  let page = isBig ? read(8, 8) : read(4, 4);
  for (let pages = 0; page > 0 && page < bytes.length && pages < 30; pages++) {
    const count = read(page, counter);
    if (count < 0 || count > 200) break;
    for (let i = 0; i < count; i++) entries.push(page + counter + i * size);
    page = read(page + counter + count * size, pointer);
  }
  return { entries: entries.filter((at) => at + size <= bytes.length), isBig, isLittle };
}
