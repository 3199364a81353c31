import assert from "node:assert/strict";
import { readModel } from "../../src/formats/registry.js";
import type { Model } from "../../src/model/weights.js";
import { randomSource } from "./random.js";

/** Damaged copies of bytes, the same ones each time: every third one is cut off, the others have 1 to 8 flipped bits. */
export function* corrupted(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const { below } = randomSource(seed);
  for (let i = 0; i < count; i++) {
    if (i % 3 === 0) {
      yield bytes.subarray(0, below(bytes.length));
      continue;
    }
    const damaged = Uint8Array.from(bytes);
    for (let flips = 1 + below(8); flips > 0; flips--) damaged[below(bytes.length)]! ^= 1 << below(8);
    yield damaged;
  }
}

/** Reads a damaged model: it is refused for a reason that names it, or its weights are right. @returns whether it was refused */
export async function refusedOrRight(path: string, named: string, { weights }: Model): Promise<boolean> {
  try {
    assert.deepEqual((await readModel(path)).weights, weights);
    return false;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    const { code, message } = error as Error & { code?: string };
    assert.match(code ?? "", /^MODEL_/, String(error));
    assert.ok(message.startsWith(`${named}: expected `), message);
    assert.match(message, /, found /);
    return true;
  }
}
