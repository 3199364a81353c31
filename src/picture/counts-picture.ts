import type { Frame } from "../frames/frame.js";
import { ticks } from "./axes.js";
import { greyImage, percentileRange, type RgbaImage, viridisImage } from "./image.js";
import { linePlotContent } from "./line-plot.js";
import { type Box, INK, svgDocument, svgImage, svgText } from "./svg.js";

/** A picture of a counted stack. */
export interface CountsPicture {
  title: string;
  /** The frame that is shown, and its density map (emitters per pixel) of the same size. */
  frame: Frame;
  density: Frame;
  /** Index of that frame in the stack, from 0. */
  index: number;
  /** Counts of all frames. */
  counts: readonly number[];
}

const SIDE = 380;
const GAP = 32;
const TOP = 78;
const BAR = { gap: 12, width: 16, labels: 64 };
const PLOT_HEIGHT = 260;

/** A frame beside its density map, above the counts of all frames: an SVG drawing. */
export function countsPicture({ title, frame, density, index, counts }: CountsPicture): string {
  const scale = SIDE / Math.max(frame.width, frame.height);
  const size = { width: frame.width * scale, height: frame.height * scale };
  const left: Box = { x: GAP, y: TOP, ...size };
  const right: Box = { ...left, x: left.x + size.width + GAP };
  const bar: Box = { x: right.x + size.width + BAR.gap, y: TOP, width: BAR.width, height: size.height };
  const width = bar.x + bar.width + BAR.labels;
  const plotTop = TOP + size.height + GAP;
  const high = percentileRange(density.pixels, 0, 1).high;
  const plot = linePlotContent([{ label: "count", x: counts.map((_, i) => i + 1), y: counts }], {
    width,
    height: PLOT_HEIGHT,
    title: "count over time",
    xLabel: "frame",
    yLabel: "count",
    markX: index + 1,
  });
  const content = [
    svgText(GAP, 32, title, { size: 18 }),
    svgText(left.x, TOP - 10, `frame ${index + 1} of ${counts.length}`),
    svgText(right.x, TOP - 10, `density, sum = ${(counts[index] ?? 0).toFixed(2)}`),
    svgImage(left, greyImage(frame, percentileRange(frame.pixels))),
    svgImage(right, viridisImage(density, { low: 0, high })),
    colourBar(bar, high),
    `<g transform="translate(0 ${plotTop})">${plot}</g>`,
  ];
  return svgDocument(width, plotTop + PLOT_HEIGHT, content.join(""));
}

function colourBar(box: Box, high: number): string {
  const steps = Float32Array.from({ length: 256 }, (_, i) => 255 - i);
  const image: RgbaImage = viridisImage({ width: 1, height: 256, pixels: steps }, { low: 0, high: 255 });
  const end = high > 0 ? high : 1;
  const marks = ticks(0, end).map((value) => {
    const y = box.y + box.height * (1 - value / end);
    const x = box.x + box.width;
    const tick = `<line x1="${x}" y1="${y}" x2="${x + 4}" y2="${y}" stroke="${INK}"/>`;
    return tick + svgText(x + 8, y + 4, String(Number(value.toPrecision(3))), { size: 12 });
  });
  return svgImage(box, image) + marks.join("");
}
