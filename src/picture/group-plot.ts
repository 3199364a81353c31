import {
  type Field,
  fieldOf,
  inSeriesColour,
  PLOT_MARGIN,
  type PlotOptions,
  paddedExtent,
  plotTexts,
  svgLine,
  yAxis,
} from "./axes.js";
import { marker } from "./marker.js";
import { INK, svgDocument, svgText } from "./svg.js";

/** A value with its interval; undefined: no value. */
export interface GroupValue {
  value: number;
  interval?: readonly [low: number, high: number] | undefined;
}

export interface GroupPlotOptions extends Omit<PlotOptions, "width" | "height" | "xRange" | "markX"> {
  groups: readonly string[];
  height: number;
}

/** Width of a series in a group, and of the space between groups, drawing units. */
const SERIES_WIDTH = 18;
const GROUP_GAP = 28;
const LEAST_GROUP_WIDTH = 64;
const LEAST_FIELD_WIDTH = 320;
/** Widest field with labels side by side; in a wider one they are turned. */
const LEVEL_FIELD_WIDTH = 560;
const LABEL_GAP = 14;
const CHARACTER_WIDTH = 6.6;
const TURN_DEGREES = 35;
const TURN = (TURN_DEGREES * Math.PI) / 180;
const LONGEST_LABEL = 34;
const RADIUS = 4.5;

/**
 * For each group, a mark with its interval for each series, side by side: an SVG drawing.
 * The drawing is as wide as it needs to be.
 * @param series values by group, for each series
 */
export function groupPlot(
  series: readonly (readonly (GroupValue | undefined)[])[],
  options: GroupPlotOptions,
): string {
  const { groups } = options;
  const labels = groups.map(shortened);
  const longest = Math.max(...labels.map(({ length }) => length)) * CHARACTER_WIDTH;
  const least = Math.max(LEAST_GROUP_WIDTH, series.length * SERIES_WIDTH + GROUP_GAP);
  const level = Math.max(least, longest + LABEL_GAP) * groups.length;
  const turned = level > Math.max(LEVEL_FIELD_WIDTH, least * groups.length);
  const fieldWidth = Math.max(LEAST_FIELD_WIDTH, turned ? least * groups.length : level);
  const below = turned ? longest * Math.sin(TURN) : 0;
  const overhang = turned
    ? Math.max(0, longest * Math.cos(TURN) - PLOT_MARGIN.left - fieldWidth / groups.length / 2)
    : 0;
  const width = Math.round(PLOT_MARGIN.left + fieldWidth + PLOT_MARGIN.right + overhang);
  const height = Math.round(options.height + below);
  const values = series.flat().flatMap((each) => (each ? [each.value, ...(each.interval ?? [])] : []));
  // Turned labels take extra height, so that the field keeps its own.
  const inner = { ...options, width: width - overhang, height: options.height };
  const field = fieldOf(inner, [-0.5, groups.length - 0.5], options.yRange ?? paddedExtent(values));
  const content = [
    yAxis(field),
    svgLine(field.left, field.toY(0), field.right, field.toY(0), `stroke="${INK}" stroke-dasharray="4 3"`),
    svgLine(field.left, field.bottom, field.right, field.bottom, `stroke="${INK}"`),
    ...labels.map((label, i) => groupLabel(field, i, label, turned)),
    ...series.map((own, s) => inSeriesColour(s, marks(own, s, series.length, field))),
    plotTexts(field, { ...inner, height }),
  ];
  const drawing = `<g transform="translate(${overhang.toFixed(1)} 0)">${content.join("")}</g>`;
  return svgDocument(width, height, drawing, options.description);
}

function marks(
  values: readonly (GroupValue | undefined)[],
  index: number,
  seriesCount: number,
  { toX, toY, left, right, x }: Field,
): string {
  const pitch = (right - left) / (x[1] - x[0]);
  const step = Math.min(SERIES_WIDTH, (pitch - GROUP_GAP / 2) / seriesCount);
  return values
    .map((each, group) => {
      if (!each || !Number.isFinite(each.value)) return "";
      const at = Number((toX(group) + (index - (seriesCount - 1) / 2) * step).toFixed(2));
      const { interval } = each;
      const whisker = interval
        ? svgLine(at, toY(interval[0]), at, toY(interval[1]), `stroke="currentColor" stroke-width="2"`)
        : "";
      return `${whisker}<g fill="currentColor">${marker(index, at, toY(each.value), RADIUS)}</g>`;
    })
    .join("");
}

function groupLabel({ toX, bottom }: Field, index: number, label: string, turned: boolean): string {
  const [x, y] = [toX(index), bottom + 19];
  if (!turned) return svgText(x, y, label, { anchor: "middle", size: 12 });
  return svgText(x + 6, y - 3, label, { anchor: "end", size: 12, turn: -TURN_DEGREES });
}

function shortened(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}
