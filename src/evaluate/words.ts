import type { Interval } from "./measures.js";
import type { Summary } from "./summary.js";

/** A number as people read it: few digits, and a sign if it is an error. */
export function shortNumber(value: number | undefined, signed = false): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : undefined;
  const text = digits === undefined ? String(Number(value.toPrecision(2))) : value.toFixed(digits);
  // A true minus sign: screen readers skip a hyphen.
  return `${signed && value > 0 ? "+" : ""}${text.replace("-", "−")}`;
}

/**
 * A number with as many digits as are certain, without an exponent where a person writes none.
 * 1240, 0.25
 */
export function certainDigits(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

export function intervalText(interval: Interval, signed = false): string {
  return interval === undefined
    ? ""
    : `${shortNumber(interval[0], signed)} to ${shortNumber(interval[1], signed)}`;
}

export function percent(share: number | undefined): string {
  if (share === undefined) return "–";
  return `${share > 0 ? "+" : ""}${(100 * share).toFixed(1).replace("-", "−")} %`;
}

export function correlationText(correlation: number | undefined): string {
  return correlation === undefined ? "–" : correlation.toFixed(3).replace("-", "−");
}

/** A measure of a summary, in words. */
export interface Measure {
  title: string;
  unit: string;
  value(summary: Summary): string;
  interval?(summary: Summary): string;
}

/** What an evaluation shows of a model, in reading order. */
export const MEASURES: readonly Measure[] = [
  { title: "frames", unit: "", value: ({ frames }) => String(frames) },
  ...agreementMeasures("count", "count"),
  ...agreementMeasures("max local count", "maxLocalCount"),
  {
    title: "map difference",
    unit: "emitters a frame",
    value: ({ map }) => shortNumber(map.perFrame),
  },
  { title: "map mean absolute error", unit: "emitters a pixel", value: ({ map }) => shortNumber(map.mae) },
  {
    title: "map root mean square error",
    unit: "emitters a pixel",
    value: ({ map }) => shortNumber(map.rmse),
  },
];

function agreementMeasures(name: string, part: "count" | "maxLocalCount"): Measure[] {
  return [
    { title: `true ${name}, mean`, unit: "", value: (summary) => shortNumber(summary[part].trueMean) },
    {
      title: `${name} bias`,
      unit: "",
      value: (summary) => shortNumber(summary[part].bias, true),
      interval: (summary) => intervalText(summary[part].biasInterval, true),
    },
    { title: `${name} relative bias`, unit: "", value: (summary) => percent(summary[part].relativeBias) },
    {
      title: `${name} mean absolute error`,
      unit: "",
      value: (summary) => shortNumber(summary[part].mae),
      interval: (summary) => intervalText(summary[part].maeInterval),
    },
    {
      title: `${name} root mean square error`,
      unit: "",
      value: (summary) => shortNumber(summary[part].rmse),
      interval: (summary) => intervalText(summary[part].rmseInterval),
    },
    {
      title: `${name} correlation`,
      unit: "",
      value: (summary) => correlationText(summary[part].correlation),
    },
  ];
}
