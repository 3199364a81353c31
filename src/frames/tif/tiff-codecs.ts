/** LZW codes of TIFF that are not data; below, the widths of codes in bits. */
const [CLEAR, END, FIRST_FREE] = [256, 257, 258];
const [MIN_BITS, MAX_BITS] = [9, 12];

/**
 * Decodes TIFF's LZW (TIFF 6.0, section 13).
 * Every entry refers only to earlier ones and nothing is written beyond `limit`, so that damaged
 * data can neither loop nor fill the memory.
 * @param limit bytes after which decoding stops
 * @throws Error for a code without a meaning so far
 */
export function decodeLzw(stored: Uint8Array, limit: number): Uint8Array {
  const target = new Uint8Array(limit);
  const prefixes = new Uint16Array(1 << MAX_BITS);
  const lengths = new Uint32Array(1 << MAX_BITS).fill(1, 0, CLEAR);
  const lasts = Uint8Array.from({ length: 1 << MAX_BITS }, (_, i) => i);
  let [free, bits, previous, done, buffer, held, at] = [FIRST_FREE, MIN_BITS, -1, 0, 0, 0, 0];
  /** Writes the bytes of a code at `done`, up to the limit, and returns the first of them. */
  const put = (code: number): number => {
    const length = lengths[code]!;
    let current = code;
    for (let i = done + length - 1; i > done; i--) {
      if (i < limit) target[i] = lasts[current]!;
      current = prefixes[current]!;
    }
    if (done < limit) target[done] = lasts[current]!;
    done = Math.min(limit, done + length);
    return lasts[current]!;
  };
  while (done < limit) {
    while (held < bits && at < stored.length) {
      buffer = ((buffer << 8) | stored[at++]!) & 0xffffff;
      held += 8;
    }
    if (held < bits) break;
    held -= bits;
    const code = (buffer >>> held) & ((1 << bits) - 1);
    if (code === END) break;
    if (code === CLEAR) {
      [free, bits, previous] = [FIRST_FREE, MIN_BITS, -1];
      continue;
    }
    const repeats = code === free && previous >= 0;
    if (code >= free && !repeats) throw new Error(`LZW code ${code}, where ${free} are known`);
    const start = done;
    const first = put(repeats ? previous : code);
    if (repeats && done < limit) target[done++] = target[start]!;
    if (previous >= 0 && free < 1 << MAX_BITS) {
      prefixes[free] = previous;
      lasts[free] = first;
      lengths[free] = lengths[previous]! + 1;
      free++;
    }
    previous = code;
    // TIFF's codes grow one entry earlier than they must.
    if (free + 1 >= 1 << bits && bits < MAX_BITS) bits++;
  }
  return target.subarray(0, done);
}

/** Decodes PackBits (TIFF 6.0, section 9). @param limit bytes after which decoding stops */
export function decodePackBits(stored: Uint8Array, limit: number): Uint8Array {
  const target = new Uint8Array(limit);
  let done = 0;
  for (let at = 0; at < stored.length && done < limit; ) {
    const header = stored[at++]!;
    if (header === 128) continue;
    if (header > 128) {
      const end = Math.min(limit, done + 257 - header);
      if (at < stored.length) target.fill(stored[at++]!, done, end);
      done = end;
    } else {
      const part = stored.subarray(at, Math.min(at + header + 1, at + limit - done));
      target.set(part, done);
      done += part.length;
      at += header + 1;
    }
  }
  return target.subarray(0, done);
}
