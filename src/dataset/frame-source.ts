import type { File } from "h5wasm/node";
import { InputError } from "../base/errors.js";
import { datasetIn } from "../base/hdf5.js";
import { optionText } from "../base/option-text.js";
import { replacingAdvice } from "../frames/invalid-pixels.js";
import { askedOption, type OpenOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import { pixelSizeOf } from "../frames/pixel-size.js";
import { sourceParts } from "../frames/source-parts.js";
import { FULL_SCALE, findBreach, readInto, VALUE_RULES } from "./arrays.js";
import { checkFilters, formatError, readingTables } from "./layout.js";
import { openForReading } from "./training-set.js";

/** Reads frames or density maps for a training set, one at a time. */
export interface FrameReader {
  readonly path: string;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Side of a pixel, nm; undefined where the file does not say it. */
  readonly pixelSize?: number;
  /** What the reader of the stack had to decide or to lose, in words for people. */
  readonly notes?: readonly string[];
  /** Puts the values of a frame into `target`. @param index from 0 */
  read(index: number, target: Float64Array): Promise<void>;
  close(): Promise<void>;
}

/** Whether a source is named as an array of an HDF5 file. */
export function namesHdf5Array(source: string): boolean {
  const { kind, array } = sourceParts(source);
  return kind === "hdf5" && array !== undefined;
}

/**
 * Frames of a stack of any format, or of an HDF5 array, as values from 0 to 1.
 * A stack's values are divided by the largest one of its bit depth or of its camera; other float32
 * must be from 0 to 1.
 * @throws InputError as openStack; DatasetError as openHdf5Source
 */
export async function openFrames(source: string, options: OpenOptions = {}): Promise<FrameReader> {
  if (!namesHdf5Array(source)) return openStackSource(source, options);
  refuseOptions(source, options);
  return openHdf5Source(source, "frames");
}

/** @throws InputError INPUT_OPTION for options that say how a stack is read */
function refuseOptions(source: string, options: OpenOptions): void {
  const said = askedOption(options);
  if (!said) return;
  throw new InputError("INPUT_OPTION", {
    subject: optionText(said),
    expected: "a stack, to which it applies",
    found: `${source}, an array of HDF5`,
    advice: "Leave it out, and write values from 0 to 1 into the array.",
  });
}

async function openStackSource(path: string, options: OpenOptions): Promise<FrameReader> {
  const stack = await openStack(path, options);
  const { frames, height, width, pixelType, calibration } = stack.info;
  const scale = stack.info.fullScale ?? FULL_SCALE[pixelType];
  const pixelSize = pixelSizeOf(calibration);
  return {
    path,
    frames,
    height,
    width,
    ...(pixelSize !== undefined && { pixelSize }),
    get notes() {
      return stack.notes;
    },
    close: () => stack.close(),
    async read(index, target) {
      const { pixels } = await stack.read(index);
      for (let i = 0; i < target.length; i++) target[i] = pixels[i]! / scale;
      const breach = findBreach(target, VALUE_RULES.frames);
      if (breach >= 0) throw outOfRange(path, index, target[breach]! * scale, scale);
    },
  };
}

function outOfRange(path: string, index: number, value: number, largest: number): InputError {
  return new InputError("INPUT_PIXEL_VALUE", {
    subject: `${path}, frame ${index + 1}`,
    expected: `${largest === 1 ? "32-bit pixels" : "pixels"} from 0 to ${largest}`,
    found: `${value}`,
    advice: Number.isFinite(value)
      ? "Save the frames as the camera gave them (8 or 16 bit), or divide them by the largest value that the camera can give."
      : replacingAdvice(value),
  });
}

/** Types of arrays by what they hold, as HDF5 writes them, and in words. */
const SOURCE_TYPES = {
  frames: { pattern: /^[<>|]?([fd]|[BH])$/, title: "float32, float64, uint8 or uint16" },
  density: { pattern: /^[<>][fd]$/, title: "floating-point numbers" },
} as const;

/**
 * An array in an HDF5 file, (N,H,W) or (N,H,W,1).
 * Frames of 8 and 16 bits are divided by 255 and 65535.
 * @param source FILE.h5:PATH
 * @param kind the rule for its values: frames are from 0 to 1, densities finite
 * @throws InputError INPUT_NOT_FOUND; DatasetError DATASET_FORMAT
 */
export async function openHdf5Source(source: string, kind: "frames" | "density"): Promise<FrameReader> {
  const { path, array: arrayPath = "" } = sourceParts(source);
  const file = await openForReading(path);
  try {
    return readingTables(path, () => framesOf(source, path, arrayPath, file, kind));
  } catch (error) {
    file.close();
    throw error;
  }
}

function framesOf(
  source: string,
  path: string,
  arrayPath: string,
  file: File,
  kind: "frames" | "density",
): FrameReader {
  const dataset = datasetIn(file, arrayPath);
  const shape = dataset?.shape ?? [];
  const [frames, height, width, channels = 1] = shape;
  const fits = (shape.length === 3 || shape.length === 4) && channels === 1 && frames && height && width;
  const { pattern, title } = SOURCE_TYPES[kind];
  if (!fits || !pattern.test(String(dataset?.dtype))) {
    const found = dataset ? `${JSON.stringify(dataset.dtype)} of (${shape.join(", ")})` : "none";
    throw formatError(path, `an array ${arrayPath} of ${title}, (N, H, W) or (N, H, W, 1)`, found, {
      advice: "Name an array of the file after a colon: frames.h5:group/array.",
    });
  }
  checkFilters(path, arrayPath, dataset!);
  return {
    path: source,
    frames,
    height,
    width,
    close: async () => void file.close(),
    read: async (index, target) =>
      readInto(target, path, file, arrayPath, [index, index + 1], VALUE_RULES[kind]),
  };
}
