import { type Calibration, type FramePosition, NM_PER_UNIT, type StackInfo } from "../frame.js";

/** What OME's description tells of a file's frames. */
export interface OmeDescription {
  calibration: Calibration;
  /** Absent where the file's frames are not one whole image. */
  layout?: NonNullable<StackInfo["layout"]>;
  positions?: FramePosition[];
}

/** Seconds of OME's units of time. */
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, µs: 1e-6, min: 60, h: 3600 };
/** OME's units where none is written. */
const [USUAL_LENGTH, USUAL_TIME] = ["µm", "s"];

/**
 * Reads OME's description of an image (OME-XML); undefined for any other text.
 * Of several images, the first one calibrates.
 * @param frames pages of the file
 */
export function parseOmeDescription(text: string, frames: number): OmeDescription | undefined {
  if (!/<(?:\w+:)?OME[\s>]/.test(text)) return undefined;
  const images = [...text.matchAll(/<(?:\w+:)?Pixels\s([^>]*)>/g)];
  const pixels = attributes(images[0]?.[1] ?? "");
  const calibration = calibrationOf(pixels);
  if (images.length !== 1) return { calibration };
  const order = pixels.get("DimensionOrder") ?? "XYCZT";
  const sizes = sizesOf(pixels);
  // Several values a pixel count as channels in OME. They are no frames of their own.
  if (sizes && planesOf(sizes) !== frames && sizes.Z * sizes.T === frames) sizes.C = 1;
  if (!sizes || planesOf(sizes) !== frames || !/^XY[CZT]{3}$/.test(order)) return { calibration };
  const positions = positionsOf(text, order.slice(2), sizes, frames);
  if (!positions) return { calibration };
  return { calibration, layout: { channels: sizes.C, slices: sizes.Z, timePoints: sizes.T }, positions };
}

/**
 * The number of pages that OME's description announces for its first image.
 * @param samples values a pixel, which OME counts as channels
 * @returns undefined for any other text
 */
export function announcedPages(text: string, samples: number): number | undefined {
  const sizes = sizesOf(attributes(/<(?:\w+:)?Pixels\s([^>]*)>/.exec(text)?.[1] ?? ""));
  return sizes && planesOf(sizes) > 1 ? Math.ceil(sizes.C / samples) * sizes.Z * sizes.T : undefined;
}

/** Numbers of an image's channels, slices and times; undefined where one is no number. */
function sizesOf(pixels: Map<string, string>): Record<"C" | "Z" | "T", number> | undefined {
  const [C, Z, T] = ["SizeC", "SizeZ", "SizeT"].map((name) => Number(pixels.get(name) ?? 1));
  const sizes = { C: C!, Z: Z!, T: T! };
  return Object.values(sizes).every((size) => Number.isSafeInteger(size) && size > 0) ? sizes : undefined;
}

function planesOf({ C, Z, T }: Record<"C" | "Z" | "T", number>): number {
  return C * Z * T;
}

function attributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [
      name!,
      a ?? b ?? "",
    ]),
  );
}

function calibrationOf(pixels: Map<string, string>): Calibration {
  const unit = pixels.get("PhysicalSizeXUnit") ?? USUAL_LENGTH;
  /** A size in the unit of the pixel's width; undefined where the units do not compare. */
  const size = (axis: string): number | undefined => {
    const value = Number(pixels.get(`PhysicalSize${axis}`));
    if (!(value > 0) || !Number.isFinite(value)) return undefined;
    const own = pixels.get(`PhysicalSize${axis}Unit`) ?? USUAL_LENGTH;
    if (own === unit) return value;
    const [from, to] = [NM_PER_UNIT[own], NM_PER_UNIT[unit]];
    return from && to ? (value * from) / to : undefined;
  };
  const [pixelWidth, pixelHeight, pixelDepth] = ["X", "Y", "Z"].map(size);
  const seconds = SECONDS_PER_UNIT[pixels.get("TimeIncrementUnit") ?? USUAL_TIME];
  const interval = Number(pixels.get("TimeIncrement")) * (seconds ?? Number.NaN);
  return {
    ...(pixelWidth && { pixelWidth }),
    ...(pixelHeight && { pixelHeight }),
    ...(pixelDepth && { pixelDepth }),
    ...((pixelWidth || pixelHeight || pixelDepth) && { unit }),
    ...(interval > 0 && Number.isFinite(interval) && { frameInterval: interval }),
  };
}

/**
 * Places of the frames: those of the order, unless TiffData tells others.
 * @returns undefined where frames lie in other files, or two have one place
 */
function positionsOf(
  text: string,
  order: string,
  sizes: Record<string, number>,
  frames: number,
): FramePosition[] | undefined {
  const places = Array.from({ length: frames }, (_, plane) => plane);
  let ifd = 0;
  for (const [, found = ""] of text.matchAll(/<(?:\w+:)?TiffData\b([^>]*)>/g)) {
    const told = attributes(found);
    const first = planeOf(told, order, sizes);
    ifd = told.has("IFD") ? Number(told.get("IFD")) : ifd;
    const count = Number(told.get("PlaneCount") ?? (told.has("IFD") ? 1 : frames - ifd));
    if (!(first + count <= frames) || !(ifd + count <= frames)) return undefined;
    for (let i = 0; i < count; i++) places[ifd + i] = first + i;
    ifd += count;
  }
  if (new Set(places).size !== frames) return undefined;
  return places.map((plane) => {
    const at: Record<string, number> = {};
    let rest = plane;
    for (const axis of order) {
      at[axis] = (rest % sizes[axis]!) + 1;
      rest = Math.floor(rest / sizes[axis]!);
    }
    return { channel: at.C!, slice: at.Z!, time: at.T! };
  });
}

/** Number of the plane at which TiffData begins, from 0. */
function planeOf(told: Map<string, string>, order: string, sizes: Record<string, number>): number {
  let [plane, step] = [0, 1];
  for (const axis of order) {
    plane += step * Number(told.get(`First${axis}`) ?? 0);
    step *= sizes[axis]!;
  }
  return plane;
}
