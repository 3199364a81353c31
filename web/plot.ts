import { clock, significant } from "./format.js";
import uPlot from "./uplot.js";

/** Time span of the plots, seconds: as much as the daemon remembers. */
export const PLOTTED_SECONDS = 300;

/** Least time span, so that a new stream's first moments do not fill the plot. */
const LEAST_SECONDS = 60;

/** With fewer points, a line would not be visible. */
const FEW_POINTS = 3;

export interface Line {
  label: string;
  /** A colour of the style sheet: "--series-1". */
  colour: string;
  dashed?: boolean;
}

export interface PlotOptions {
  /** What the plot shows, for readers who cannot see it. */
  name: string;
  lines: readonly Line[];
  height: number;
  x: "time" | "epoch";
}

/** All plots on the page, which are drawn again when its colours change. */
const plots = new Set<Plot>();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const plot of plots) plot.redraw();
});

/** Lines over the last minutes, or over the epochs of a training. It is as wide as its place. */
export class Plot {
  private readonly plot: uPlot;
  private readonly resizing: ResizeObserver;
  private range: [number, number] = [0, 1];

  constructor(
    private readonly place: HTMLElement,
    private readonly options: PlotOptions,
  ) {
    this.plot = new uPlot(this.settings(), [[], ...options.lines.map(() => [])], place);
    // A canvas says nothing to readers who cannot see it; label() keeps its name current.
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", options.name);
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(place);
    plots.add(this);
  }

  /** @param end newest second of a plot over time */
  show(x: readonly number[], values: readonly (readonly (number | null)[])[], end = 0): void {
    const earliest = Math.min(x[0] ?? end, end - LEAST_SECONDS);
    this.range = [Math.max(earliest, end - PLOTTED_SECONDS), end];
    this.plot.setData([[...x], ...values.map((line) => [...line])] as uPlot.AlignedData);
    // Without a mouse over the plot, the legend shows the newest values.
    if (x.length > 0 && (this.plot.cursor.left ?? -1) < 0) this.plot.setLegend({ idx: x.length - 1 });
  }

  /** Says in words what the plot shows. */
  label(text: string): void {
    this.place.setAttribute("aria-label", `${this.options.name}: ${text}`);
  }

  redraw(): void {
    this.plot.redraw();
  }

  remove(): void {
    this.resizing.disconnect();
    this.plot.destroy();
    plots.delete(this);
  }

  private resize(): void {
    const width = this.place.clientWidth;
    if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.options.height });
  }

  private settings(): uPlot.Options {
    const { lines, height, x } = this.options;
    const overTime = x === "time";
    return {
      width: Math.max(200, this.place.clientWidth),
      height,
      padding: [8, 8, 0, 0],
      cursor: { drag: { x: false, y: false }, ...(overTime && { sync: { key: "time" } }) },
      legend: { markers: { width: 0, fill: (_, i) => `var(${lines[i - 1]?.colour})` } },
      scales: {
        x: overTime ? { time: true, range: () => this.range } : { time: false },
        y: { range: (_, low, high) => fromZero(low, high) },
      },
      axes: [
        {
          ...axis(),
          size: 26,
          values: (_, ticks) => ticks.map((tick) => (overTime ? clock(tick) : whole(tick))),
          ...(overTime && { incrs: [15, 30, 60, 120] }),
        },
        { ...axis(), size: 52, values: (_, ticks) => ticks.map(significant) },
      ],
      series: [
        {
          label: overTime ? "time" : "epoch",
          value: (_, value) => written(value, overTime ? (second) => clock(second) : String),
        },
        ...lines.map(
          ({ label, colour, dashed }): uPlot.Series => ({
            label,
            stroke: () => colourOf(colour),
            width: 1.5,
            spanGaps: true,
            points: { show: (plot) => (plot.data[0]?.length ?? 0) < FEW_POINTS, size: 5 },
            ...(dashed && { dash: [6, 4] }),
            value: (_, value) => written(value, significant),
          }),
        ),
      ],
    };
  }
}

/** Counts and rates are only meaningful on an axis that starts at 0. */
function fromZero(low: number | null, high: number | null): [number, number] {
  return [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high! * 1.08 : 1];
}

function written(value: number | null | undefined, words: (value: number) => string): string {
  return value == null ? "–" : words(value);
}

function whole(tick: number): string {
  return Number.isInteger(tick) ? String(tick) : "";
}

function axis(): uPlot.Axis {
  return {
    stroke: () => colourOf("--soft"),
    grid: { stroke: () => colourOf("--grid"), width: 1 },
    ticks: { stroke: () => colourOf("--grid"), width: 1, size: 4 },
    font: "11px system-ui, 'DejaVu Sans', sans-serif",
    gap: 4,
  };
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
