import {
  extent,
  type Field,
  fieldOf,
  inSeriesColour,
  type PlotOptions,
  paddedExtent,
  plotTexts,
  svgLine,
  xAxis,
  yAxis,
} from "./axes.js";
import { marker } from "./marker.js";
import { INK, svgDocument } from "./svg.js";

/** Points of a plot; `x` and `y` have the same length. */
export interface Points {
  x: readonly number[];
  y: readonly number[];
  /** Number of the series, from 0, for each point: its colour and shape. */
  series: number;
}

export interface ScatterOptions extends PlotOptions {
  /** The line of correct points: y = x, or y = 0. */
  ideal: "identity" | "zero";
}

const RADIUS = 2.5;
const IDEAL = `stroke="${INK}" stroke-dasharray="4 3"`;

/** Points over a pair of axes: an SVG drawing. Points that are not finite are left out. */
export function scatterPlot({ x, y, series }: Points, options: ScatterOptions): string {
  const field = fieldOf(options, options.xRange ?? extent(x), options.yRange ?? paddedExtent(y));
  const dots = x.map((value, i) =>
    Number.isFinite(value) && Number.isFinite(y[i])
      ? marker(series, field.toX(value), field.toY(y[i]!), RADIUS)
      : "",
  );
  const cloud = inSeriesColour(series, `<g fill="currentColor" opacity="0.6">${dots.join("")}</g>`);
  const content = [
    yAxis(field),
    xAxis(field),
    cloud,
    idealLine(field, options.ideal),
    plotTexts(field, options),
  ];
  return svgDocument(options.width, options.height, content.join(""), options.description);
}

function idealLine({ left, right, x, y, toX, toY }: Field, ideal: ScatterOptions["ideal"]): string {
  if (ideal === "zero") return svgLine(left, toY(0), right, toY(0), IDEAL);
  const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
  return low < high ? svgLine(toX(low), toY(low), toX(high), toY(high), IDEAL) : "";
}
