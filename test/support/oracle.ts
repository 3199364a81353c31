import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { PIXEL_TYPES, type PixelArray, type PixelType } from "../../src/frames/frame.js";

const folder = join(packageRoot, "test", "data", "model");

/** A network with random weights in Keras' HDF5, and TensorFlow's answers to it: scripts/oracle/model_fixtures.py. */
export const RANDOM_MODEL = join(folder, "random_defcon.h5");
/** One that ships with the program, and says how far its counts are to be trusted. */
export const SHIPPED_MODEL = join(packageRoot, "models", "defcon.onnx");
/** The layout of save_weights; every value is (i % 7 - 3) / 8 for its index i. */
export const WEIGHTS_ONLY = join(folder, "weights_only.h5");
/** The segmentation half alone, as Keras 2 saves it; every value is (i % 5 - 2) / 8: scripts/oracle/foreign_models.py. */
export const SEGMENTATION_HALF = join(folder, "foreign", "segmentation.h5");

export interface OracleStack {
  path: string;
  pixelType: PixelType;
  width: number;
  height: number;
  frames: number;
  /** (N,H,W) */
  pixels: PixelArray;
  /** (N,H,W) */
  density: Float32Array;
  count: number[];
  maxLocalCount: Record<"5" | "7", number[]>;
}

/** The stacks of expected.json. */
export function oracleStacks(): OracleStack[] {
  const file = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<
    PixelType,
    Omit<OracleStack, "pixels" | "density"> & { file: string; pixels: string; density: string }
  >;
  return Object.entries(file).map(([type, stack]) => ({
    ...stack,
    path: join(folder, stack.file),
    pixelType: type as PixelType,
    pixels: new PIXEL_TYPES[type as PixelType].array(decode(stack.pixels)),
    density: new Float32Array(decode(stack.density)),
  }));
}

function decode(base64: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(base64, "base64")).buffer;
}

/** Largest difference of two arrays of equal length. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

const reference = join(packageRoot, "..", "shared", "reference");

/** The original's pretrained model and test frames, which lie beside the project on some machines only. */
export const REFERENCE = {
  model: join(reference, "defcon_tf13.h5"),
  frames: join(reference, "test_data.tif"),
  /** The original's counts and 7x7 max local counts of frames 1 to 3. */
  counts: [2.86085, 3.44871, 3.55345],
  maxLocalCounts: [1.01751, 1.02321, 1.01226],
};

/** Reason to skip a test of the reference data, or false. */
export const withoutReference: string | false = existsSync(REFERENCE.model)
  ? false
  : `needs the original's model and frames in ${reference}`;
