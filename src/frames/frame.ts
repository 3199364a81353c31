/** Pixel types that can be counted, by the name used on the command line and in messages. */
export type PixelType = "uint8" | "uint16" | "float32";

export type PixelArray = Uint8Array | Uint16Array | Float32Array;

/** How a pixel type is stored, the bytes of a pixel, and the largest value. */
export const PIXEL_TYPES = {
  uint8: { array: Uint8Array, bytes: 1, largest: 255 },
  uint16: { array: Uint16Array, bytes: 2, largest: 65_535 },
  float32: { array: Float32Array, bytes: 4, largest: Number.POSITIVE_INFINITY },
} as const satisfies Record<PixelType, { array: unknown; bytes: number; largest: number }>;

/**
 * One image, row by row from the top left, in raw camera units (ADU).
 * `pixels.length === width * height`.
 */
export interface Frame {
  width: number;
  height: number;
  pixels: PixelArray;
}

/** The pixel type of a frame's array. */
export function pixelTypeOf(pixels: PixelArray): PixelType {
  if (pixels instanceof Uint8Array) return "uint8";
  return pixels instanceof Uint16Array ? "uint16" : "float32";
}

/** Whether frames have one size and pixel type. */
export function isSameKind(a: Frame, b: Frame): boolean {
  return a.width === b.width && a.height === b.height && pixelTypeOf(a.pixels) === pixelTypeOf(b.pixels);
}

/** Physical size and time of a stack, as ImageJ keeps them. Absent values are unknown. */
export interface Calibration {
  /** Width and height of a pixel in `unit`. */
  pixelWidth?: number;
  pixelHeight?: number;
  /** Distance between slices in `unit`. */
  pixelDepth?: number;
  /** ImageJ's name of the unit: "µm", "nm", "pixel", "inch" and others. */
  unit?: string;
  /** Seconds between frames. */
  frameInterval?: number;
}

/** Nanometres of the units of length that programs write. */
export const NM_PER_UNIT: Readonly<Record<string, number>> = {
  nm: 1,
  µm: 1e3,
  // The Greek letter, which some programs write.
  "\u03bcm": 1e3,
  um: 1e3,
  micron: 1e3,
  microns: 1e3,
  mm: 1e6,
  cm: 1e7,
};

/** The place of a frame among channels, slices and times, each from 1. */
export interface FramePosition {
  channel: number;
  slice: number;
  time: number;
}

/** What is known of a stack before any pixel is read. */
export interface StackInfo {
  width: number;
  height: number;
  frames: number;
  pixelType: PixelType;
  /** The largest value that a camera gives, where the file's numbers have another type than pixels. */
  fullScale?: number;
  calibration: Calibration;
  /**
   * The arrangement of the frames, if the file tells; frames = channels * slices * timePoints.
   * Frames are in ImageJ's order, channels first, then slices, unless there are positions.
   */
  layout?: { channels: number; slices: number; timePoints: number };
  /** The place of each frame, for frames in another order than ImageJ's. */
  positions?: readonly FramePosition[];
}
