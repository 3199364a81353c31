import { INK, svgDocument, svgText } from "./svg.js";

/** One line of a plot; `x` and `y` have the same length. */
export interface Series {
  label: string;
  x: readonly number[];
  y: readonly number[];
}

export interface PlotOptions {
  width: number;
  height: number;
  title?: string;
  xLabel?: string;
  yLabel?: string;
  /** Ends of the axes; left out: the data's, y from 0 when nothing is below. */
  xRange?: readonly [number, number];
  yRange?: readonly [number, number];
  /** Draws a vertical line at this x. */
  markX?: number;
}

/** Space around the field of a plot, drawing units. */
export const PLOT_MARGIN = { left: 64, right: 16, top: 32, bottom: 48 } as const;
const COLOURS = ["#31688e", "#d1495b", "#35b779", "#8f6bb3", "#e08e2b"];
const GRID = "#dddddd";
const WANTED_TICKS = 6;

/** Lines over a common pair of axes, as an SVG drawing. Infinite and missing values leave a gap. */
export function linePlot(series: readonly Series[], options: PlotOptions): string {
  return svgDocument(options.width, options.height, linePlotContent(series, options));
}

/** The content of {@link linePlot}, to be placed in a larger drawing. */
export function linePlotContent(series: readonly Series[], options: PlotOptions): string {
  const { left, right, top, bottom } = PLOT_MARGIN;
  const [x0, x1] = options.xRange ?? extent(series.flatMap(({ x }) => x));
  const [y0, y1] = options.yRange ?? paddedExtent(series.flatMap(({ y }) => y));
  const [fieldRight, fieldBottom] = [options.width - right, options.height - bottom];
  const toX = (x: number) => round(left + ((x - x0) / (x1 - x0)) * (fieldRight - left));
  const toY = (y: number) => round(fieldBottom - ((y - y0) / (y1 - y0)) * (fieldBottom - top));
  const line = (xa: number, ya: number, xb: number, yb: number, style: string) =>
    `<line x1="${xa}" y1="${ya}" x2="${xb}" y2="${yb}" ${style}/>`;
  const parts: string[] = [];
  for (const y of ticks(y0, y1)) {
    parts.push(line(left, toY(y), fieldRight, toY(y), `stroke="${GRID}"`));
    parts.push(svgText(left - 8, toY(y) + 4, tickLabel(y), { anchor: "end", size: 12 }));
  }
  for (const x of ticks(x0, x1)) {
    parts.push(line(toX(x), fieldBottom, toX(x), fieldBottom + 5, `stroke="${INK}"`));
    parts.push(svgText(toX(x), fieldBottom + 19, tickLabel(x), { anchor: "middle", size: 12 }));
  }
  parts.push(line(left, fieldBottom, fieldRight, fieldBottom, `stroke="${INK}"`));
  parts.push(line(left, top, left, fieldBottom, `stroke="${INK}"`));
  if (options.markX !== undefined) {
    const x = toX(options.markX);
    parts.push(line(x, top, x, fieldBottom, `stroke="${INK}" stroke-dasharray="4 3"`));
  }
  for (const [i, each] of series.entries()) parts.push(curve(each, COLOURS[i % COLOURS.length]!, toX, toY));
  if (series.length > 1) parts.push(legend(series, fieldRight));
  if (options.title) parts.push(svgText(left, 20, options.title, { size: 14 }));
  const [middleX, middleY] = [(left + fieldRight) / 2, (top + fieldBottom) / 2];
  if (options.xLabel) parts.push(svgText(middleX, options.height - 10, options.xLabel, { anchor: "middle" }));
  if (options.yLabel) parts.push(svgText(18, middleY, options.yLabel, { anchor: "middle", turn: -90 }));
  return parts.join("");
}

/** Round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / WANTED_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999)!;
  const found: number[] = [];
  // Adding 0 turns the -0 that rounding up gives into 0.
  for (let i = Math.ceil(low / step - 1e-9) + 0; i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}

function curve(
  { x, y }: Series,
  colour: string,
  toX: (x: number) => number,
  toY: (y: number) => number,
): string {
  let path = "";
  let dots = "";
  let pen = "M";
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]) || !Number.isFinite(x[i])) {
      pen = "M";
      continue;
    }
    const [cx, cy] = [toX(x[i]!), toY(y[i]!)];
    path += `${pen}${cx} ${cy}`;
    dots += `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`;
    pen = "L";
  }
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}`;
}

function legend(series: readonly Series[], right: number): string {
  const width = 130;
  return series
    .map(({ label }, i) => {
      const x = right - width * (series.length - i);
      const colour = COLOURS[i % COLOURS.length];
      return `<rect x="${x}" y="13" width="16" height="4" fill="${colour}"/>${svgText(x + 22, 20, label, { size: 12 })}`;
    })
    .join("");
}

function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function paddedExtent(values: readonly number[]): [number, number] {
  const [low, high] = extent(values);
  return [Math.min(low, 0), high + 0.05 * (high - Math.min(0, low))];
}

function tickLabel(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
