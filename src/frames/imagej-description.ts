import type { Calibration, StackInfo } from "./frame.js";

/** ImageJ's description in a stack's first page: lines of key=value. */
export interface ImageJDescription {
  /** Frames of the stack; 1 if the description does not say. */
  images: number;
  layout?: NonNullable<StackInfo["layout"]>;
  calibration: Calibration;
}

/** The unit that is meant by each name that ImageJ and others write. */
const UNITS: Record<string, string> = {
  "\\u00B5m": "µm",
  "\u03BCm": "µm",
  um: "µm",
  micron: "µm",
  microns: "µm",
};

/** Reads ImageJ's description; undefined for any other text. */
export function parseDescription(text: string): ImageJDescription | undefined {
  if (!text.startsWith("ImageJ=")) return undefined;
  const values = new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const] : [];
    }),
  );
  const whole = (key: string) => {
    const value = Number(values.get(key));
    return Number.isSafeInteger(value) && value > 0 ? value : 1;
  };
  const images = whole("images");
  const layout = { channels: whole("channels"), slices: whole("slices"), timePoints: whole("frames") };
  const consistent = layout.channels * layout.slices * layout.timePoints === images;
  const unit = values.get("unit");
  const positive = (key: string) => {
    const value = Number(values.get(key));
    return value > 0 && Number.isFinite(value) ? value : undefined;
  };
  const [pixelDepth, frameInterval] = [positive("spacing"), positive("finterval")];
  return {
    images,
    ...(consistent && images > 1 && { layout }),
    calibration: {
      ...(unit && { unit: UNITS[unit] ?? unit }),
      ...(pixelDepth && { pixelDepth }),
      ...(frameInterval && { frameInterval }),
    },
  };
}

/** Version of ImageJ whose format is written. */
const IMAGEJ_VERSION = "1.54p";

/** ImageJ's description of a stack. @param range values that are shown as black and white */
export function formatDescription(
  frames: number,
  layout: NonNullable<StackInfo["layout"]>,
  calibration: Calibration,
  range: { min: number; max: number },
): string {
  const { channels, slices, timePoints } = layout;
  const dimensions = Object.entries({ channels, slices, frames: timePoints }).filter(([, size]) => size > 1);
  const hyperstack = dimensions.length > 1 ? ["hyperstack=true", "mode=grayscale"] : [];
  const { unit, pixelDepth, frameInterval } = calibration;
  const lines = [
    `ImageJ=${IMAGEJ_VERSION}`,
    ...(frames > 1
      ? [`images=${frames}`, ...dimensions.map(([key, size]) => `${key}=${size}`), ...hyperstack]
      : []),
    // ImageJ reads the description as ASCII, with this escape for µ.
    ...(unit ? [`unit=${unit.replaceAll(/[\u00B5\u03BC]/g, "\\u00B5")}`] : []),
    ...(pixelDepth ? [`spacing=${pixelDepth}`] : []),
    ...(frameInterval ? [`finterval=${frameInterval}`] : []),
    "loop=false",
    `min=${range.min}`,
    `max=${range.max}`,
  ];
  return `${lines.join("\n")}\n`;
}
