/**
 * Samples of a training set in memory, all of one size.
 * Each has a frame in [0,1], its density map and its segmentation map.
 */
export interface Samples {
  /** Number of samples, N. */
  count: number;
  height: number;
  width: number;
  /** 3 in temporal sets, whose samples are three consecutive frames. */
  framesPerSample: 1 | 3;
  /** (N,H,W), or (N,3,H,W) in temporal sets; in [0,1] */
  input: Float32Array;
  /** Shape as input; emitters per pixel. */
  target: Float32Array;
  /** Shape as input; 1 where there is an emitter, else 0. */
  segMap: Float32Array;
}

/** Samples of zeros. @param parts the arrays that are wanted; others stay empty */
export function emptySamples(
  shape: Pick<Samples, "count" | "framesPerSample" | "height" | "width">,
  parts: readonly SamplePart[] = SAMPLE_PARTS,
): Samples {
  const length = shape.count * shape.framesPerSample * shape.height * shape.width;
  const array = (part: SamplePart) => new Float32Array(parts.includes(part) ? length : 0);
  return { ...shape, input: array("input"), target: array("target"), segMap: array("segMap") };
}

/**
 * Copies samples of the same size.
 * @param at number of the sample in `into` that the first one becomes
 * @param first number of the first sample of `from`
 */
export function copySamples(
  into: Samples,
  at: number,
  from: Samples,
  first: number,
  count: number,
  parts: readonly SamplePart[],
): void {
  const size = into.framesPerSample * into.height * into.width;
  for (const part of parts) {
    into[part].set(from[part].subarray(first * size, (first + count) * size), at * size);
  }
}

/** The arrays of samples. */
export const SAMPLE_PARTS = ["input", "target", "segMap"] as const;
export type SamplePart = (typeof SAMPLE_PARTS)[number];

/** The network takes frames whose sides are multiples of this, at least {@link LEAST_SIDE}. */
export const SIDE_STEP = 4;
export const LEAST_SIDE = 16;
