import { isRecord } from "../base/is-record.js";
import { type Calibration, NM_PER_UNIT } from "./frame.js";

/** Axes of an image in the order of its array. */
export interface ZarrAxis {
  /** "t", "c", "z", "y", "x", or another name. */
  name: string;
  unit?: string;
}

/** The full-size array of an image, and what OME-Zarr says about it. */
export interface ZarrImage {
  /** Path of the array inside the image's group. */
  path: string;
  axes: ZarrAxis[];
  calibration: Calibration;
}

/** UDUNITS' names, which OME-Zarr takes, and those of ImageJ. */
const UNITS: Record<string, string> = {
  nanometer: "nm",
  micrometer: "µm",
  millimeter: "mm",
  centimeter: "cm",
  meter: "m",
  inch: "inch",
};
const SECONDS: Record<string, number> = {
  microsecond: 1e-6,
  millisecond: 1e-3,
  second: 1,
  minute: 60,
  hour: 3600,
};

/** OME-Zarr's own attributes: under "ome" since version 0.5. */
export function omeAttributes(attributes: Record<string, unknown>): Record<string, unknown> {
  const ome = attributes.ome;
  return isRecord(ome) ? ome : attributes;
}

/**
 * The image that a group's attributes describe, its largest copy; undefined for other groups.
 * The first of several "multiscales" is taken, as the specification asks of viewers.
 */
export function zarrImage(attributes: Record<string, unknown>): ZarrImage | undefined {
  const [image] = recordsIn(omeAttributes(attributes).multiscales);
  const [dataset] = recordsIn(image?.datasets);
  const axes = axesOf(image?.axes);
  if (!image || typeof dataset?.path !== "string" || !axes) return undefined;
  const scales = [scaleOf(dataset), scaleOf(image)];
  const side = (name: string) => {
    const at = axes.findIndex((axis) => axis.name === name);
    const scale = scales.reduce((product, factors) => product * (factors?.[at] ?? 1), 1);
    const known = at >= 0 && scales[0]?.[at] !== undefined && scale > 0 && Number.isFinite(scale);
    return known ? { scale, unit: axes[at]!.unit } : undefined;
  };
  return { path: dataset.path, axes, calibration: calibrationOf(side) };
}

function calibrationOf(
  side: (name: string) => { scale: number; unit: string | undefined } | undefined,
): Calibration {
  const [x, y, z, t] = ["x", "y", "z", "t"].map(side);
  const seconds = SECONDS[t?.unit ?? ""];
  const unit = x?.unit;
  const alike = (other: typeof x) => other && other.unit === unit;
  return {
    ...(x && unit && { pixelWidth: x.scale, unit: UNITS[unit] ?? unit }),
    ...(unit && alike(y) && { pixelHeight: y!.scale }),
    ...(unit && alike(z) && { pixelDepth: z!.scale }),
    ...(t && seconds && { frameInterval: t.scale * seconds }),
  };
}

/** Axes as records with a name (0.4 and later), or as names (0.3). */
function axesOf(value: unknown): ZarrAxis[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const axes = value.map((axis: unknown) => {
    if (typeof axis === "string") return { name: axis };
    if (!isRecord(axis) || typeof axis.name !== "string") return undefined;
    return { name: axis.name, ...(typeof axis.unit === "string" && { unit: axis.unit }) };
  });
  return axes.every((axis) => axis !== undefined) ? axes : undefined;
}

function scaleOf(described: Record<string, unknown>): number[] | undefined {
  const scale = recordsIn(described.coordinateTransformations).find(({ type }) => type === "scale")?.scale;
  return Array.isArray(scale) && scale.every((factor) => typeof factor === "number") ? scale : undefined;
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Types of axes, by which OME-Zarr sorts them. */
const AXIS_TYPES: Record<string, string> = { t: "time", c: "channel" };
/** What a pixel measures without a calibration, as ImageJ writes it. */
const UNCALIBRATED: readonly string[] = ["pixel", "pixels"];

/**
 * The description of an image with one array, as OME-Zarr 0.4 and later have it: what
 * {@link zarrImage} reads.
 * @param path of the array inside the image's group
 * @param names of the axes, in the order of the array
 */
export function zarrMultiscale(path: string, names: readonly string[], calibration: Calibration) {
  const { unit, pixelWidth, pixelHeight = pixelWidth, pixelDepth, frameInterval } = calibration;
  const length = unit && !UNCALIBRATED.includes(unit) ? (zarrUnit(unit) ?? unit) : undefined;
  const known: Record<string, { scale: number | undefined; unit: string | undefined }> = {
    x: { scale: pixelWidth, unit: length },
    y: { scale: pixelHeight, unit: length },
    z: { scale: pixelDepth, unit: length },
    t: { scale: frameInterval, unit: "second" },
  };
  const sides = names.map((name) => {
    const { scale = 0, unit } = known[name] ?? {};
    const isKnown = scale > 0 && Number.isFinite(scale) && unit !== undefined;
    const axis = { name, type: AXIS_TYPES[name] ?? "space" };
    return isKnown ? { axis: { ...axis, unit }, scale } : { axis, scale: 1 };
  });
  return {
    name: "density",
    axes: sides.map(({ axis }) => axis),
    datasets: [
      { path, coordinateTransformations: [{ type: "scale", scale: sides.map(({ scale }) => scale) }] },
    ],
  };
}

/** UDUNITS' name of a unit of length, by any name that programs write. */
function zarrUnit(unit: string): string | undefined {
  const nm = NM_PER_UNIT[unit];
  const own = Object.entries(UNITS).find(
    ([, name]) => name === unit || (nm !== undefined && NM_PER_UNIT[name] === nm),
  );
  return own?.[0];
}
