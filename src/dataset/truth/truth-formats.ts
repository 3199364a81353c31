/** A unit of positions: pixels, nanometres or micrometres. */
export type LengthUnit = "px" | "nm" | "um";

/** The units of positions, in words. */
export const LENGTH_UNITS = { px: "pixels", nm: "nm", um: "µm" } as const satisfies Record<
  LengthUnit,
  string
>;

/** Columns that are read, by what they mean. */
export const ROLES = ["frame", "x", "y", "brightness", "background", "snr"] as const;
export type Role = (typeof ROLES)[number];

/** What lies at whole numbers of pixels: the pixels' corners, or their centres. */
export type TruthOrigin = "corner" | "centre";
export const TRUTH_ORIGINS: readonly TruthOrigin[] = ["corner", "centre"];

/** Programs' formats for tables of emitters. */
export type TruthFormatName =
  | "plain"
  | "sass"
  | "thunderstorm"
  | "picasso"
  | "smap"
  | "rapidstorm"
  | "gdsc-smlm"
  | "decode"
  | "smlm-challenge";

/** What a table's first lines say beyond its columns. */
export interface HeadFacts {
  unit?: LengthUnit;
  /** Side of a pixel, nm, with which positions in nm were made. */
  pixelSize?: number;
}

/** How a program writes tables of emitters. */
export interface TruthFormat {
  /** The program, for messages. */
  title: string;
  /** Number of the first frame. */
  firstFrame: 0 | 1;
  /** Coordinate of the centre of the first pixel, pixels. */
  firstCentre: 0 | 0.5 | 1;
  /** The unit of positions where neither the column's name nor the head tells it. */
  unit: LengthUnit;
  /** The unit of brightness where the column's name does not tell it. */
  light: "photons" | "arbitrary units";
  /** Names of each column, in lower case and without a unit; the first that a table has is taken. */
  columns: Record<Role, readonly string[]>;
  /** Whether a table is of this format. @param has whether it has a column of that name */
  recognises(has: (name: string) => boolean, names: readonly string[]): boolean;
  /** Reads the comments above the columns. */
  facts?(comments: readonly string[]): HeadFacts;
}

/**
 * The formats, in the order in which they are tried. Names of columns, first frames and origins are
 * those of the programs' sources and documentation.
 *
 * - ThunderSTORM numbers frames from 1, as ImageJ numbers slices, and adds half a pixel to what it
 *   fits, so that 0 is the corner of the first pixel. GDSC-SMLM does the same.
 * - Picasso numbers frames from 0 and gives positions on the grid of pixel indices, so that 0 is
 *   the centre of the first pixel. Its own export for ThunderSTORM multiplies these positions by
 *   the pixel size without adding the half pixel, and keeps frames from 0: as such a table has
 *   ThunderSTORM's columns, it is read wrong unless the user says so.
 * - SMAP counts pixels from 1, as Matlab does: the centre of the first pixel is at one pixel.
 * - rapidSTORM's manual puts the first pixel at 0 nm and numbers images from 0.
 * - DECODE's x runs along the first axis of an image, which is down the rows. Its frames are from 0
 *   and its pixels reach from −0.5 to 0.5. In tables of its successors, x runs along the rows, so
 *   the frames are asked (see {@link asksFramesForAxes}).
 * - The SMLM challenge has frames from 1, nm, and 0 at the corner of the first pixel.
 * - SASS has pixel centres at whole numbers, as measured on its stacks.
 * - The plain format is that of this program's simulations: frames from 1, and 0 at the corner.
 */
export const TRUTH_FORMATS: Record<TruthFormatName, TruthFormat> = {
  rapidstorm: {
    title: "rapidSTORM's",
    firstFrame: 0,
    firstCentre: 0,
    unit: "nm",
    light: "arbitrary units",
    columns: {
      frame: ["imagenumber-0-0"],
      x: ["position-0-0"],
      y: ["position-1-0"],
      brightness: ["amplitude-0-0"],
      background: ["localbackground-0-0"],
      snr: [],
    },
    recognises: (has) => has("position-0-0"),
  },
  "gdsc-smlm": {
    title: "GDSC-SMLM's",
    firstFrame: 1,
    firstCentre: 0.5,
    unit: "px",
    light: "arbitrary units",
    columns: {
      frame: ["frame", "t"],
      x: ["x"],
      y: ["y"],
      brightness: ["intensity", "signal"],
      background: ["background"],
      snr: [],
    },
    recognises: (has) => has("origx"),
    facts: (comments) => ({ ...pixelSizeIn(comments, /nmPerPixel"?[>:]\s*([\d.]+)/) }),
  },
  decode: {
    title: "DECODE's",
    firstFrame: 0,
    firstCentre: 0,
    unit: "px",
    light: "photons",
    columns: { frame: ["frame_ix"], x: ["y"], y: ["x"], brightness: ["phot"], background: ["bg"], snr: [] },
    recognises: (has) => has("frame_ix"),
    facts: (comments) => ({
      ...(comments.some((comment) => /"xy_unit":\s*"nm"/.test(comment)) && { unit: "nm" as const }),
      ...pixelSizeIn(comments, /"px_size":\s*\[?([\d.]+)/),
    }),
  },
  "smlm-challenge": {
    title: "the SMLM challenge's",
    firstFrame: 1,
    firstCentre: 0.5,
    unit: "nm",
    light: "photons",
    columns: {
      frame: ["frame"],
      x: ["xnano"],
      y: ["ynano"],
      brightness: ["intensity"],
      background: [],
      snr: [],
    },
    recognises: (has) => has("xnano"),
  },
  smap: {
    title: "SMAP's",
    firstFrame: 1,
    firstCentre: 1,
    unit: "nm",
    light: "photons",
    columns: {
      frame: ["frame"],
      x: ["xnm"],
      y: ["ynm"],
      brightness: ["phot"],
      background: ["bg"],
      snr: [],
    },
    recognises: (has) => has("xnm"),
  },
  thunderstorm: {
    title: "ThunderSTORM's",
    firstFrame: 1,
    firstCentre: 0.5,
    unit: "px",
    light: "arbitrary units",
    columns: {
      frame: ["frame"],
      x: ["x"],
      y: ["y"],
      brightness: ["intensity"],
      background: ["offset"],
      snr: [],
    },
    recognises: (_, names) => names.some((name) => /^x \[(nm|px|um|µm|μm)\]$/.test(name)),
  },
  picasso: {
    title: "Picasso's",
    firstFrame: 0,
    firstCentre: 0,
    unit: "px",
    light: "photons",
    columns: { frame: ["frame"], x: ["x"], y: ["y"], brightness: ["photons"], background: ["bg"], snr: [] },
    recognises: (has) => has("photons"),
  },
  sass: {
    title: "SASS'",
    firstFrame: 1,
    firstCentre: 0,
    unit: "px",
    light: "photons",
    columns: {
      frame: ["frame"],
      x: ["x"],
      y: ["y"],
      brightness: ["brightness"],
      background: [],
      snr: [],
    },
    recognises: (has) => has("time_on"),
  },
  plain: {
    title: "plain",
    firstFrame: 1,
    firstCentre: 0.5,
    unit: "px",
    light: "photons",
    columns: {
      frame: ["frame"],
      x: ["x"],
      y: ["y"],
      brightness: ["brightness"],
      background: ["background"],
      snr: ["snr"],
    },
    recognises: () => true,
  },
};

/** Whether the frames decide which of a format's axes is x. */
export function asksFramesForAxes(format: TruthFormat): boolean {
  return format === TRUTH_FORMATS.decode;
}

function pixelSizeIn(comments: readonly string[], pattern: RegExp): HeadFacts {
  const pixelSize = Number(comments.map((comment) => pattern.exec(comment)?.[1]).find(Boolean));
  return pixelSize > 0 ? { pixelSize } : {};
}
