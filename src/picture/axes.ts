import { INK, svgText } from "./svg.js";

export interface PlotOptions {
  width: number;
  height: number;
  title?: string;
  xLabel?: string;
  yLabel?: string;
  /** Ends of the axes. Left out: those of the data, and y from 0 if nothing is below. */
  xRange?: readonly [number, number];
  yRange?: readonly [number, number];
  /** Draws a vertical line at this x. */
  markX?: number;
  /** Draws a horizontal line at each of these y. */
  markY?: readonly number[];
  /** Draws lines without a dot at each value. */
  lines?: boolean;
  /** What the plot shows, in words, for readers who cannot see it. */
  description?: string;
}

/** Space around a plot's field, drawing units. */
export const PLOT_MARGIN = { left: 64, right: 16, top: 32, bottom: 48 } as const;
/**
 * Colours of series, readable on white and distinct for most people with colour blindness.
 * A page may set others for the classes `series-1` and so on.
 */
const COLOURS = ["#31688e", "#d1495b", "#35b779", "#8f6bb3", "#e08e2b"];
const GRID = `class="grid" stroke="${INK}" stroke-opacity="0.16"`;
const WANTED_TICKS = 6;

/** The field between two axes, and the positions of values in it, drawing units. */
export interface Field {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: readonly [low: number, high: number];
  y: readonly [low: number, high: number];
  toX(x: number): number;
  toY(y: number): number;
}

/** The field of a plot whose axes have the given ends. */
export function fieldOf(
  { width, height }: PlotOptions,
  x: readonly [number, number],
  y: readonly [number, number],
): Field {
  const { left, top } = PLOT_MARGIN;
  const [right, bottom] = [width - PLOT_MARGIN.right, height - PLOT_MARGIN.bottom];
  return {
    left,
    right,
    top,
    bottom,
    x,
    y,
    toX: (value) => round(left + ((value - x[0]) / (x[1] - x[0])) * (right - left)),
    toY: (value) => round(bottom - ((value - y[0]) / (y[1] - y[0])) * (bottom - top)),
  };
}

/** The y axis with its grid. */
export function yAxis({ left, right, top, bottom, y, toY }: Field): string {
  const marks = ticks(...y).map(
    (value) =>
      svgLine(left, toY(value), right, toY(value), GRID) +
      svgText(left - 8, toY(value) + 4, tickLabel(value), { anchor: "end", size: 12 }),
  );
  return marks.join("") + svgLine(left, top, left, bottom, `stroke="${INK}"`);
}

/** The x axis. */
export function xAxis({ left, right, bottom, x, toX }: Field): string {
  const marks = ticks(...x).map(
    (value) =>
      svgLine(toX(value), bottom, toX(value), bottom + 5, `stroke="${INK}"`) +
      svgText(toX(value), bottom + 19, tickLabel(value), { anchor: "middle", size: 12 }),
  );
  return marks.join("") + svgLine(left, bottom, right, bottom, `stroke="${INK}"`);
}

/** Title and names of the axes. */
export function plotTexts({ left, right, top, bottom }: Field, options: PlotOptions): string {
  const { title, xLabel, yLabel, height } = options;
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  return [
    title ? svgText(left, 20, title, { size: 14 }) : "",
    xLabel ? svgText(middleX, height - 10, xLabel, { anchor: "middle" }) : "",
    yLabel ? svgText(18, middleY, yLabel, { anchor: "middle", turn: -90 }) : "",
  ].join("");
}

/** Groups the content of a series, whose colour is then `currentColor`. @param index from 0 */
export function inSeriesColour(index: number, content: string): string {
  return `<g class="${seriesClass(index)}" color="${COLOURS[index % COLOURS.length]}">${content}</g>`;
}

/** The class with which a page colours a series. @param index from 0 */
export function seriesClass(index: number): string {
  return `series-${(index % COLOURS.length) + 1}`;
}

/** Round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / WANTED_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999)!;
  const found: number[] = [];
  // Rounding up may give -0; adding 0 turns it into 0.
  for (let i = Math.ceil(low / step - 1e-9) + 0; i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}

export function svgLine(x1: number, y1: number, x2: number, y2: number, style: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${style}/>`;
}

/** The least and the largest finite value, made different if they are equal. */
export function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Like {@link extent}, but with 0 and some space above, and below if there are values. */
export function paddedExtent(values: readonly number[]): [number, number] {
  const [low, high] = extent([...values, 0]);
  const room = 0.05 * (high - low);
  return [low < 0 ? low - room : low, high > 0 ? high + room : high];
}

function tickLabel(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
