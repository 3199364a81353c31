import type { FrameRecord } from "./evaluate.js";

/** A group of frames. */
export interface Group {
  label: string;
  /** Groups are sorted by rank. */
  rank: number;
}

/** A way to group frames. */
export interface Grouping {
  /** Name in tables that programs read: "density" and others. */
  name: string;
  /** In words: "density of emitters". */
  title: string;
  /** Unit of the labels, in words, or "". */
  unit: string;
  /** The group of a frame; undefined where nothing is known about it in this respect. */
  groupOf(record: FrameRecord): Group | undefined;
}

/** Group of frames without emitters, which have no signal and no background at emitters. */
const NO_EMITTERS: Group = { label: "no emitters", rank: Number.POSITIVE_INFINITY };
const BIN_STEPS = [1, 2, 5];
const NM_PER_UM = 1_000;

/** Area of a frame, µm²; undefined where the size of its pixels is unknown. */
export function areaOf({ pixels, condition: { pixelSize } }: FrameRecord): number | undefined {
  return pixelSize === undefined ? undefined : pixels * (pixelSize / NM_PER_UM) ** 2;
}

/** True emitters per 1000 pixels. */
export function perThousandPixels({ count, pixels }: FrameRecord): number {
  return (1_000 * count.truth) / pixels;
}

/**
 * The groupings that tell some frames apart.
 * By condition if there are several; by density (1/µm² if all pixel sizes are known, else emitters
 * per 1000 pixels), signal, background and point spread. Numbers fall into bins that end at 1, 2 or
 * 5 times a power of ten, so that every evaluation has the same bins.
 */
export function groupingsOf(records: readonly FrameRecord[]): Grouping[] {
  const calibrated = records.every(({ condition }) => condition.pixelSize !== undefined);
  const names = [...new Set(records.map(({ condition }) => condition.name))];
  const all: Grouping[] = [
    {
      name: "condition",
      title: "condition",
      unit: "",
      groupOf: ({ condition: { name } }) =>
        names.length > 1 ? { label: name, rank: names.indexOf(name) } : undefined,
    },
    {
      name: "density",
      title: "density of emitters",
      unit: calibrated ? "per µm²" : "per 1000 pixels",
      groupOf: (record) =>
        binOf(calibrated ? record.count.truth / areaOf(record)! : perThousandPixels(record)),
    },
    {
      name: "signal",
      title: "mean signal of an emitter",
      unit: "photons",
      groupOf: lightGroup("signal", records),
    },
    {
      name: "background",
      title: "background at the emitters",
      unit: "photons per pixel",
      groupOf: lightGroup("background", records),
    },
    {
      name: "psf",
      title: "point spread",
      unit: "",
      groupOf: ({ condition: { psf } }) => (psf === undefined ? undefined : { label: psf, rank: 0 }),
    },
  ];
  return all.filter(({ groupOf }) => records.some((record) => groupOf(record) !== undefined));
}

/** Groups by a mean over emitters, if some frame has one. */
function lightGroup(part: "signal" | "background", records: readonly FrameRecord[]): Grouping["groupOf"] {
  const known = records.some((record) => record[part] !== undefined);
  return (record) => {
    const value = record[part];
    if (value !== undefined) return binOf(value);
    return known && record.count.truth === 0 ? NO_EMITTERS : undefined;
  };
}

/** The bin of a value of at least 0: from 1, 2 or 5 times a power of ten to the next of these. */
export function binOf(value: number): Group {
  if (!(value > 0)) return { label: "0", rank: 0 };
  const power = 10 ** Math.floor(Math.log10(value));
  const edges = [0.1, 1, 10].flatMap((decade) => BIN_STEPS.map((step) => step * decade * power));
  // An edge just above the value is meant to be equal to it: floating-point arithmetic is not
  // exact.
  const at = edges.findLastIndex((edge) => edge <= value * (1 + 1e-9));
  const [low, high] = [edges[at]!, edges[at + 1]!].map((edge) => Number(edge.toPrecision(3))) as [
    number,
    number,
  ];
  return { label: `${low} to ${high}`, rank: low };
}
