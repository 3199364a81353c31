import type { Calibration } from "./frame.js";

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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
