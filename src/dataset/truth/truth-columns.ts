import { DatasetError, InputError } from "../../base/errors.js";
import { given } from "../../base/given.js";
import { plainName } from "./table-head.js";
import {
  asksFramesForAxes,
  type LengthUnit,
  ROLES,
  type Role,
  TRUTH_FORMATS,
  type TruthFormat,
  type TruthFormatName,
  type TruthOrigin,
} from "./truth-formats.js";

/** Names of a table's columns, or their numbers as text where the table does not name them. */
export interface ColumnNames {
  frame?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
  brightness?: string | undefined;
  background?: string | undefined;
  /** Signal-to-noise ratio under a matched filter. */
  snr?: string | undefined;
}

/** What the user says about a table of emitters. What is left out follows from its format. */
export interface TableOptions {
  /** Format of the table; left out: told by its columns. */
  truthFormat?: TruthFormatName | undefined;
  /** Columns with other names than the format's. */
  columns?: ColumnNames | undefined;
  /** Number of the first frame. */
  framesFrom?: number | undefined;
  /** Unit of positions. */
  unit?: LengthUnit | undefined;
  /** What lies at whole numbers of pixels: their corners or their centres. */
  origin?: TruthOrigin | undefined;
  /** Side of a pixel, nm, for positions that are not in pixels, if the stack does not say it. */
  pixelSize?: number | undefined;
}

/** What the user says about a table, out of further options. */
export function tableOptions(options: TableOptions): TableOptions {
  const { truthFormat, columns, framesFrom, unit, origin, pixelSize } = options;
  return given({ truthFormat, columns, framesFrom, unit, origin, pixelSize });
}

/** The options of a table, and what is known of its stack. */
export interface KnownTable extends TableOptions {
  /** Side of a pixel from another source, nm, where neither the user nor the table says it. */
  knownPixelSize?: number | undefined;
}

/** Where a table's columns are, and what their values mean. */
export interface TruthColumns {
  format: TruthFormat;
  frame: number;
  x: number;
  y: number;
  /** Undefined where the table lacks the column, as for the next two. */
  brightness: number | undefined;
  background: number | undefined;
  /** Signal over noise under a matched filter, which simulations write. */
  snr: number | undefined;
  /** Unit of brightness: "photons", or another in the table's words. */
  light: string;
  unit: LengthUnit;
  /** Side of a pixel, nm; undefined where nobody says it. */
  pixelSize: number | undefined;
  /** Number of the first frame, and coordinate of the first pixel's centre in pixels. */
  firstFrame: number;
  firstCentre: number;
  /** Whether the user said what the first frame, the axes, the unit and the origin are. */
  said: Record<"frames" | "axes" | "unit" | "origin", boolean>;
  /** Whether the frames decide which axis is x. */
  axesByFrames: boolean;
}

/** A column's name, and the unit in brackets after it. */
interface Named {
  whole: string;
  base: string;
  unit: string;
}

/** Units in names of columns, by what they are here. */
const WRITTEN_UNITS: Readonly<Record<string, LengthUnit>> = {
  nm: "nm",
  nanometer: "nm",
  nanometers: "nm",
  um: "um",
  µm: "um",
  // The Greek letter, which some programs write.
  "\u03bcm": "um",
  micrometer: "um",
  micron: "um",
  px: "px",
  pix: "px",
  pixel: "px",
  pixels: "px",
};
const PHOTONS = new Set(["photon", "photons", "ph"]);
const ORIGINS = { corner: 0.5, centre: 0 } as const satisfies Record<TruthOrigin, number>;

/**
 * Finds a table's columns.
 * @param comments the lines above them
 * @throws DatasetError DATASET_TRUTH; InputError INPUT_OPTION for what the user said wrong
 */
export function findColumns(
  path: string,
  names: readonly string[],
  comments: readonly string[],
  options: KnownTable,
): TruthColumns {
  const named = names.map(takeApart);
  const has = (name: string) => named.some(({ base }) => base === name);
  const format = options.truthFormat
    ? TRUTH_FORMATS[options.truthFormat]
    : Object.values(TRUTH_FORMATS).find(({ recognises }) => recognises(has, names))!;
  const at = Object.fromEntries(
    ROLES.map((role) => [role, columnFor(role, path, named, format, options.columns?.[role])]),
  ) as Record<Role, number | undefined>;
  const [frame, x, y] = (["frame", "x", "y"] as const).map((role) => {
    const index = at[role];
    if (index === undefined) throw missing(path, names, role, format);
    return index;
  }) as [number, number, number];
  const facts = format.facts?.(comments) ?? {};
  const unit = options.unit ?? unitOf(path, named[x]!, named[y]!) ?? facts.unit ?? format.unit;
  const { columns = {} } = options;
  const saidAxes = columns.x !== undefined || columns.y !== undefined;
  return {
    format,
    frame,
    x,
    y,
    brightness: at.brightness,
    background: at.background,
    snr: at.snr,
    light: lightUnit(at.brightness === undefined ? undefined : named[at.brightness], format),
    unit,
    pixelSize: pixelSizeFor(path, unit, options, facts.pixelSize),
    firstFrame: options.framesFrom ?? format.firstFrame,
    firstCentre: options.origin ? ORIGINS[options.origin] : format.firstCentre,
    said: {
      frames: options.framesFrom !== undefined,
      axes: saidAxes,
      unit: options.unit !== undefined,
      origin: options.origin !== undefined,
    },
    axesByFrames: asksFramesForAxes(format) && !saidAxes,
  };
}

/** How a table was read, in words that a person can check. */
export function readingInWords({ format, firstFrame, firstCentre, unit, pixelSize }: TruthColumns): string {
  const origin =
    firstCentre === 0.5
      ? "0 at the corner of the first pixel"
      : `${firstCentre} at the centre of the first pixel`;
  const scale = unit === "px" ? "" : `, positions in ${unit}, pixels of ${pixelSize} nm`;
  return `${format.title}: frames from ${firstFrame}, ${origin}${scale}`;
}

function takeApart(whole: string): Named {
  const [, base = whole, unit = ""] = /^(.*?)\s*[[(]([^\])]*)[\])]$/.exec(whole) ?? [];
  return { whole, base, unit };
}

/** The index of a column; undefined where the table lacks it and the user did not name it. */
function columnFor(
  role: Role,
  path: string,
  named: readonly Named[],
  format: TruthFormat,
  wanted: string | undefined,
): number | undefined {
  const plain = wanted === undefined ? undefined : plainName(wanted);
  const spelling = plain ?? format.columns[role].find((name) => named.some(({ base }) => base === name));
  if (spelling === undefined) return undefined;
  const places = [...named.keys()];
  const whole = places.filter((i) => named[i]!.whole === spelling);
  const found = whole.length > 0 ? whole : places.filter((i) => named[i]!.base === spelling);
  if (found.length === 0) {
    throw new InputError("INPUT_OPTION", {
      subject: `--columns ${role}=${wanted}`,
      expected: `a column of ${path}`,
      found: `the columns ${listed(named.map(({ whole }) => whole))}`,
    });
  }
  const wholes = found.map((i) => named[i]!.whole);
  if (new Set(wholes).size === found.length) return found[0]!;
  throw new DatasetError("DATASET_TRUTH", {
    subject: path,
    expected: `one column ${wholes[0]}`,
    found: `${found.length} of them`,
    advice: "Delete or rename the others.",
  });
}

function missing(path: string, names: readonly string[], role: Role, format: TruthFormat): DatasetError {
  const spellings = format.columns[role];
  const nameless = names.length > 0 && names.every((name, i) => name === String(i + 1));
  return new DatasetError("DATASET_TRUTH", {
    subject: path,
    expected: `a column ${spellings.join(" or ")}`,
    found: nameless
      ? `${names.length} columns without names`
      : names.length > 0
        ? `the columns ${listed(names)}`
        : "no columns",
    advice: nameless
      ? "Put names above the columns, or say which is which: --columns frame=1,x=2,y=3."
      : "The first line names the columns; frame, x and y are needed. Other names are given by --columns frame=NAME,x=NAME,y=NAME.",
  });
}

function listed(names: readonly string[]): string {
  return names.slice(0, 20).join(", ");
}

/** The unit that the names of x and y have; undefined where they have none. */
function unitOf(path: string, x: Named, y: Named): LengthUnit | undefined {
  const [xUnit, yUnit] = [x, y].map(({ unit }) => WRITTEN_UNITS[unit]);
  if (xUnit === yUnit) return xUnit;
  throw new DatasetError("DATASET_TRUTH", {
    subject: path,
    expected: "x and y in the same unit",
    found: `${x.whole} and ${y.whole}`,
  });
}

function lightUnit(column: Named | undefined, format: TruthFormat): string {
  if (!column?.unit) return format.light;
  return PHOTONS.has(column.unit) ? "photons" : column.unit;
}

/** @throws InputError INPUT_OPTION where a pixel size is missing, or given without use */
function pixelSizeFor(
  path: string,
  unit: LengthUnit,
  { pixelSize, knownPixelSize }: KnownTable,
  ofTable: number | undefined,
): number | undefined {
  if (unit === "px") {
    if (pixelSize === undefined) return ofTable ?? knownPixelSize;
    throw new InputError("INPUT_OPTION", {
      subject: path,
      expected: "positions in nm, as a pixel size is given",
      found: "positions in pixels",
      advice: "Leave --pixel-size out, or add --unit nm.",
    });
  }
  const known = pixelSize ?? ofTable ?? knownPixelSize;
  if (known !== undefined) return known;
  throw new InputError("INPUT_OPTION", {
    subject: path,
    expected: `the pixel size, as positions are in ${unit}`,
    found: "none",
    advice: "Say it with --pixel-size NM.",
  });
}
