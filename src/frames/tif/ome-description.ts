import { type Calibration, type FramePosition, NM_PER_UNIT, type StackInfo } from "../frame.js";

/** What OME's description tells of a file's frames. */
export interface OmeDescription {
  calibration: Calibration;
  /** Absent where the file's frames are not one whole image, but perhaps a part of one. */
  layout?: NonNullable<StackInfo["layout"]>;
  positions?: FramePosition[];
}

/** Seconds of OME's units of time. */
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, µs: 1e-6, min: 60, h: 3600 };
/** OME's units where none is written. */
const [USUAL_LENGTH, USUAL_TIME] = ["µm", "s"];

/** What is known of a file whose description is read. */
interface DescribedFile {
  /** Its name, without its folder. */
  file: string;
  /** Its pages. */
  frames: number;
  /** Values a pixel, which OME counts as channels. */
  samples: number;
}

/**
 * Reads OME's description of an image (OME-XML); undefined for any other text.
 * Of several images, the first one calibrates. An image may lie in several files, whose names the
 * description has.
 */
export function parseOmeDescription(
  text: string,
  { file, frames, samples }: DescribedFile,
): OmeDescription | undefined {
  if (!/<(?:\w+:)?OME[\s>]/.test(text)) return undefined;
  const images = [...text.matchAll(/<(?:\w+:)?Pixels\s([^>]*)>/g)];
  const pixels = attributes(images[0]?.[1] ?? "");
  const calibration = calibrationOf(pixels);
  if (images.length !== 1) return { calibration };
  const order = (pixels.get("DimensionOrder") ?? "XYCZT").slice(2);
  const sizes = sizesOf(pixels, samples);
  if (!sizes || !/^[CZT]{3}$/.test(order) || planesOf(sizes) < frames) return { calibration };
  const whole = planesOf(sizes) === frames;
  const planes = whole
    ? planesInOrder(text, order, sizes, frames)
    : planesInFile(text, order, sizes, frames, file);
  const positions = positionsOf(order, sizes, planes);
  if (!positions) return { calibration };
  const layout = { channels: sizes.C, slices: sizes.Z, timePoints: sizes.T };
  return { calibration, ...(whole && { layout }), positions };
}

/**
 * The number of pages that OME's description announces for its first image.
 * @param samples values a pixel, which OME counts as channels
 * @returns undefined for any other text
 */
export function announcedPages(text: string, samples: number): number | undefined {
  const pixels = /<(?:\w+:)?Pixels\s([^>]*)>/.exec(text)?.[1];
  const sizes = pixels === undefined ? undefined : sizesOf(attributes(pixels), samples);
  return sizes && planesOf(sizes);
}

/**
 * Numbers of an image's channels, slices and times; undefined where one is no number.
 * Several values a pixel are channels in OME, but no frames of their own.
 */
function sizesOf(pixels: Map<string, string>, samples: number): Record<"C" | "Z" | "T", number> | undefined {
  const [C, Z, T] = ["SizeC", "SizeZ", "SizeT"].map((name) => Number(pixels.get(name) ?? 1));
  const sizes = { C: Math.ceil(C! / samples), Z: Z!, T: T! };
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

/** Elements that say where planes are: attributes, and the name of the file, where one is told. */
function* tiffData(text: string): Generator<{ told: Map<string, string>; file: string | undefined }> {
  const element = /<(?:\w+:)?TiffData\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:\w+:)?TiffData>)/g;
  for (const [, told = "", inside = ""] of text.matchAll(element)) {
    const uuid = /<(?:\w+:)?UUID\b([^>]*)>/.exec(inside)?.[1] ?? "";
    yield { told: attributes(told), file: attributes(uuid).get("FileName") };
  }
}

/** Planes of the frames of a file that holds a whole image: in the order, unless TiffData tells others. */
function planesInOrder(text: string, order: string, sizes: Record<string, number>, frames: number): number[] {
  const planes = Array.from({ length: frames }, (_, plane) => plane);
  let ifd = 0;
  for (const { told } of tiffData(text)) {
    const first = planeOf(told, order, sizes);
    ifd = told.has("IFD") ? Number(told.get("IFD")) : ifd;
    const count = Number(told.get("PlaneCount") ?? (told.has("IFD") ? 1 : frames - ifd));
    if (!(first + count <= frames) || !(ifd + count <= frames)) return [];
    for (let i = 0; i < count; i++) planes[ifd + i] = first + i;
    ifd += count;
  }
  return planes;
}

/** Planes of the frames of one of an image's files, as far as TiffData names the file. */
function planesInFile(
  text: string,
  order: string,
  sizes: Record<string, number>,
  frames: number,
  file: string,
): number[] {
  const planes = new Array<number>(frames).fill(-1);
  for (const { told, file: named } of tiffData(text)) {
    if (named !== file) continue;
    const [first, ifd] = [planeOf(told, order, sizes), Number(told.get("IFD") ?? 0)];
    const count = Number(told.get("PlaneCount") ?? 1);
    if (!(ifd + count <= frames)) return [];
    for (let i = 0; i < count; i++) planes[ifd + i] = first + i;
  }
  return planes;
}

/** @returns undefined where a frame has no plane of the image, or two have the same */
function positionsOf(
  order: string,
  sizes: Record<"C" | "Z" | "T", number>,
  planes: readonly number[],
): FramePosition[] | undefined {
  const known = planes.every((plane) => plane >= 0 && plane < planesOf(sizes));
  if (planes.length === 0 || !known || new Set(planes).size !== planes.length) return undefined;
  return planes.map((plane) => {
    const at: Record<string, number> = {};
    let rest = plane;
    for (const axis of order as Iterable<"C" | "Z" | "T">) {
      at[axis] = (rest % sizes[axis]) + 1;
      rest = Math.floor(rest / sizes[axis]);
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
