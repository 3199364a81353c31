import type { FrameRecord } from "./evaluate.js";
import type { Pair } from "./measures.js";

/** Share of errors within the expected error, and within twice the expected error. */
export interface Within {
  once: number;
  twice: number;
}

/** How well a model knew the errors of its counts. */
export interface Coverage {
  frames: number;
  count: Within;
  maxLocalCount: Within;
  /** Share of frames that the model called unlike those of the training. */
  unlike: number;
}

/** Compares expected errors with actual ones; undefined where the model expects none. */
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
