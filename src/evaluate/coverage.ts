import type { FrameRecord } from "./evaluate.js";
import type { Pair } from "./measures.js";

/** How well expected errors did: the share of errors within the expected one, and within twice it. */
export interface Within {
  once: number;
  twice: number;
}

/** How well a model knew how far its counts were off. */
export interface Coverage {
  frames: number;
  count: Within;
  maxLocalCount: Within;
  /** Share of frames that were called unlike those of the training. */
  unlike: number;
}

/** Compares expected errors with those that were made; undefined where the model does not say what it expects. */
export function coverageOf(records: readonly FrameRecord[]): Coverage | undefined {
  const judged = records.filter(({ certainty }) => certainty !== undefined);
  if (judged.length === 0) return undefined;
  const share = (holds: (record: FrameRecord) => boolean) => judged.filter(holds).length / judged.length;
  const within = (
    pairOf: (record: FrameRecord) => Pair,
    expected: (record: FrameRecord) => number,
  ): Within => {
    const off = (record: FrameRecord) => Math.abs(pairOf(record).predicted - pairOf(record).truth);
    return {
      once: share((record) => off(record) <= expected(record)),
      twice: share((record) => off(record) <= 2 * expected(record)),
    };
  };
  return {
    frames: judged.length,
    count: within(
      ({ count }) => count,
      ({ certainty }) => certainty!.countError,
    ),
    maxLocalCount: within(
      ({ maxLocalCount }) => maxLocalCount,
      ({ certainty }) => certainty!.maxLocalCountError ?? Number.NaN,
    ),
    unlike: share(({ certainty }) => certainty!.unlike !== ""),
  };
}
