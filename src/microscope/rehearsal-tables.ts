import { csvCell } from "../base/csv-cell.js";
import { percent, shortNumber } from "../evaluate/words.js";
import type { WayResult } from "./rehearsal.js";

/** A measure of a way, in words and for the table of numbers. */
export interface WayMeasure {
  title: string;
  unit: string;
  /** Name of its column in summary.csv. */
  column: string;
  value(way: WayResult): number | undefined;
  text(way: WayResult): string;
}

/** What a rehearsal shows of a way, in reading order. */
export const WAY_MEASURES: readonly WayMeasure[] = [
  number("settling time", "s", "settling_s", ({ quality }) => quality.settling),
  share("overshoot", "overshoot", ({ quality }) => quality.overshoot),
  share("steady-state error", "steady_error", ({ quality }) => quality.steadyError),
  share("time outside ±20 %", "outside", ({ quality }) => quality.outside),
  number("settling after the disturbance", "s", "settling_again_s", ({ settlingAgain }) => settlingAgain),
  number("light dose", "output · s", "dose", ({ quality }) => quality.dose),
  share("molecules left", "left", ({ left }) => left),
];

function number(title: string, unit: string, column: string, value: WayMeasure["value"]): WayMeasure {
  return { title, unit, column, value, text: (way) => shortNumber(value(way)) };
}

function share(title: string, column: string, value: WayMeasure["value"]): WayMeasure {
  return { title, unit: "", column, value, text: (way) => percent(value(way)).replace("+", "") };
}

/** The measures of all ways. Empty where a count never settled. */
export function summaryCsv(ways: readonly WayResult[]): string {
  const head = ["way", ...WAY_MEASURES.map(({ column }) => column)].join(",");
  const rows = ways.map((way) =>
    [csvCell(way.name), ...WAY_MEASURES.map(({ value }) => csvCell(value(way)))].join(","),
  );
  return [head, ...rows, ""].join("\n");
}

/** Means over each second. */
export function secondsCsv(ways: readonly WayResult[]): string {
  const rows = ways.flatMap(({ name, seconds: { time, count, reading, output } }) =>
    time.map((each, i) =>
      [csvCell(name), each, ...[count, reading, output].map((of) => csvCell(of[i]))].join(","),
    ),
  );
  return ["way,time_s,true_count,reading,output", ...rows, ""].join("\n");
}
