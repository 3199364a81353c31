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
import { INK, svgDocument, svgText } from "./svg.js";

/** One line of a plot; `x` and `y` have the same length. */
export interface Series {
  label: string;
  x: readonly number[];
  y: readonly number[];
}

/** Lines over a common pair of axes: an SVG drawing. Infinite and missing values leave a gap. */
export function linePlot(series: readonly Series[], options: PlotOptions): string {
  return svgDocument(options.width, options.height, linePlotContent(series, options), options.description);
}

/** The content of {@link linePlot}, to be placed in a larger drawing. */
export function linePlotContent(series: readonly Series[], options: PlotOptions): string {
  const field = fieldOf(
    options,
    options.xRange ?? extent(series.flatMap(({ x }) => x)),
    options.yRange ?? paddedExtent(series.flatMap(({ y }) => y)),
  );
  const parts = [yAxis(field), xAxis(field)];
  if (options.markX !== undefined) {
    const x = field.toX(options.markX);
    parts.push(svgLine(x, field.top, x, field.bottom, DASHED));
  }
  for (const value of options.markY ?? []) {
    const y = field.toY(value);
    parts.push(svgLine(field.left, y, field.right, y, DASHED));
  }
  for (const [i, each] of series.entries()) {
    parts.push(inSeriesColour(i, curve(each, field, options.lines ?? false)));
  }
  if (series.length > 1) parts.push(legend(series, field.right));
  parts.push(plotTexts(field, options));
  return parts.join("");
}

const DASHED = `stroke="${INK}" stroke-dasharray="4 3"`;

function curve({ x, y }: Series, { toX, toY }: Field, plain: boolean): string {
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
    if (!plain) dots += `<circle cx="${cx}" cy="${cy}" r="2.5" fill="currentColor"/>`;
    pen = "L";
  }
  return `<path d="${path}" fill="none" stroke="currentColor" stroke-width="2"/>${dots}`;
}

const [LEGEND_WIDTH, LETTER_WIDTH] = [130, 7];

function legend(series: readonly Series[], right: number): string {
  const longest = Math.max(...series.map(({ label }) => label.length));
  const width = Math.max(LEGEND_WIDTH, 30 + LETTER_WIDTH * longest);
  return series
    .map(({ label }, i) => {
      const x = right - width * (series.length - i);
      const key = `<rect x="${x}" y="13" width="16" height="4" fill="currentColor"/>`;
      return inSeriesColour(i, key) + svgText(x + 22, 20, label, { size: 12 });
    })
    .join("");
}
